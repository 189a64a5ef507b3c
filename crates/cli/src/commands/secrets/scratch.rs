//! A readable file that never reaches a disk, for the time that an editor has it open.

use std::{
    fs::{self, File},
    io::{self, Seek, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use clawlets_model::Secret;
use clawlets_printer::{Fault, FaultCode};
use clawlets_secrets::project::read_text;

use super::fault::of_file;

/// What the kernel calls a file system in memory.
const TMPFS: u64 = 0x0102_1994;

/// A private folder in memory with one file. Its content is overwritten and the folder is removed when it is dropped.
pub(super) struct Scratch {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl Scratch {
    /// Puts a text into a new file.
    ///
    /// # Errors
    /// A fault when there is no folder in memory: a text that was on a disk once cannot be wiped.
    pub(super) fn new(name: &str, text: &str) -> Result<Self, Fault> {
        let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        let places = runtime.into_iter().chain([PathBuf::from("/dev/shm"), PathBuf::from("/run")]);
        let place = places.into_iter().find(|place| is_in_memory(place)).ok_or_else(|| {
            Fault::new(FaultCode::Io, "there is no folder in memory to edit in")
                .hint("set XDG_RUNTIME_DIR to a folder of yours on a tmpfs")
        })?;
        let failed =
            |error: io::Error| Fault::new(FaultCode::Io, "failed to write the file to edit").because(&error);
        let folder = tempfile::Builder::new().prefix("clawlets-").tempdir_in(place).map_err(failed)?;
        let path = folder.path().join(format!("{name}.yaml"));
        let scratch = Self { folder, path };
        clawlets_secrets::project::write_atomic(&scratch.path, text.as_bytes(), 0o600)
            .map_err(|error| of_file(&error))?;
        Ok(scratch)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What is in it now.
    ///
    /// # Errors
    /// A fault when the editor took it away.
    pub(super) fn text(&self) -> Result<Secret<String>, Fault> {
        read_text(&self.path).map(Secret::new).map_err(|error| of_file(&error))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Editors leave copies beside the file.
        for entry in fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            let _ = overwrite(&entry.path());
        }
    }
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = File::options().write(true).open(path)?;
    let length = file.metadata()?.len();
    file.rewind()?;
    let zeros = vec![0; usize::try_from(length).unwrap_or_default()];
    file.write_all(&zeros)?;
    file.sync_all()
}

/// Whether a folder of the user's, or one where everybody may make theirs, is in memory.
fn is_in_memory(folder: &Path) -> bool {
    let is_ours = folder.metadata().is_ok_and(|metadata| {
        metadata.uid() == rustix::process::geteuid().as_raw() || metadata.mode() & 0o1002 == 0o1002
    });
    is_ours && rustix::fs::statfs(folder).is_ok_and(|stat| u64::try_from(stat.f_type) == Ok(TMPFS))
}
