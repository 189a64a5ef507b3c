//! The next version of a file, put in the place of the last one.

use std::{fs::File, io::Write};

use rustix::{
    fs::{self, AtFlags, Mode, OFlags},
    io::Errno,
};

use super::Folder;
use crate::{Limits, MemoryError, MemoryPath, Pulse};

const NEW: OFlags =
    OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Puts a file with this content and mode in the place of `path`, or does nothing: what is written lies beside it until it
/// is on disk as a whole. The caller holds the file's lock.
pub(crate) fn replace(
    folder: &Folder,
    path: &MemoryPath,
    content: &[u8],
    mode: u32,
    pulse: &Pulse,
) -> Result<(), MemoryError> {
    let next = path.next_name();
    let failed = |errno| MemoryError::kernel("written", folder.place(path.name()), errno);
    let outcome = write(folder, &next, content, mode, pulse)
        .and_then(|()| fs::renameat(folder, &next, folder, path.name()))
        .map_err(failed);
    if outcome.is_err() {
        // Where this fails too, the next writer removes it.
        let _ = fs::unlinkat(folder, &next, AtFlags::empty());
    }
    outcome?;
    pulse.beat();
    folder.sync()
}

fn write(folder: &Folder, next: &str, content: &[u8], mode: u32, pulse: &Pulse) -> rustix::io::Result<()> {
    match fs::unlinkat(folder, next, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(errno) => return Err(errno),
    }
    let fd = fs::openat(folder, next, NEW, Mode::from_raw_mode(mode))?;
    if fs::fstat(&fd)?.st_mode & 0o7777 != mode {
        fs::fchmod(&fd, Mode::from_raw_mode(mode))?;
    }
    let mut file = File::from(fd);
    for part in content.chunks(Limits::SYNC) {
        for step in part.chunks(Limits::STEP) {
            file.write_all(step).map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
            pulse.beat();
        }
        if part.len() == Limits::SYNC {
            fs::fdatasync(&file)?;
            pulse.beat();
        }
    }
    fs::fsync(&file)?;
    pulse.beat();
    Ok(())
}
