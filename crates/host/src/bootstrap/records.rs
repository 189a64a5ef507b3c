//! What is kept of a boot, and that there is one boot at a time.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{BootError, machine::State};
use crate::records;

/// How far a boot is, in a file.
#[derive(Debug, Clone)]
pub struct BootRecords {
    folder: PathBuf,
}

/// Held by the one boot that is at work.
#[derive(Debug)]
pub struct BootLock(#[expect(dead_code, reason = "the lock is let go when the file is closed")] File);

impl BootRecords {
    /// The records in a folder.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The right to boot.
    ///
    /// # Errors
    /// [`BootError::Busy`] when somebody has it.
    pub fn lock(&self) -> Result<BootLock, BootError> {
        let path = self.folder.join("lock");
        let open = || {
            records::make_folder(&self.folder)?;
            File::options().create(true).truncate(false).write(true).open(&path)
        };
        let file = open().map_err(|source| BootError::File { action: "open", path: path.clone(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(BootLock(file)),
            Err(fs::TryLockError::WouldBlock) => Err(BootError::Busy),
            Err(fs::TryLockError::Error(source)) => Err(BootError::File { action: "lock", path, source }),
        }
    }

    /// How far the last boot came; where it began, if there was none.
    ///
    /// # Errors
    /// [`BootError`] when the file cannot be read: a floor that was forgotten would let an old bundle in.
    pub fn load(&self) -> Result<State, BootError> {
        let path = self.path();
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| BootError::Said { path, message: error.to_string() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
            Err(source) => Err(BootError::File { action: "read", path, source }),
        }
    }

    /// Keeps how far it is. It is on the disk when this ends well.
    ///
    /// # Errors
    /// [`BootError::File`].
    pub fn save(&self, state: &State) -> Result<(), BootError> {
        let path = self.path();
        let bytes = serde_json::to_vec_pretty(state).expect("a state has a form in JSON");
        records::replace(&path, &bytes).map_err(|source| BootError::File { action: "write", path, source })
    }

    fn path(&self) -> PathBuf {
        self.folder.join("boot.json")
    }
}
