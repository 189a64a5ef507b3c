//! The drivers that the kernel of a local guest does not have built in.

use std::{fs, io, path::Path};

use rustix::system::finit_module;

use super::InitError;

/// Loads the modules of a list: absolute paths, one a line, each behind those that it needs. No list, no modules.
pub(super) fn load_all(list: &Path) -> Result<(), InitError> {
    let failed = |path: &Path, source| InitError::Module { path: path.to_path_buf(), source };
    let text = match fs::read_to_string(list) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(list, error)),
    };
    for path in text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Path::new) {
        load(path).map_err(|source| failed(path, source))?;
    }
    Ok(())
}

fn load(path: &Path) -> io::Result<()> {
    let file = fs::File::open(path)?;
    match finit_module(&file, c"", 0) {
        // It is built in, or somebody was faster.
        Ok(()) | Err(rustix::io::Errno::EXIST) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}
