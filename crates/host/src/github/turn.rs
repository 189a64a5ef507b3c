//! One mint at a time.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// How long somebody else may take.
const PATIENCE: Duration = Duration::from_secs(45);
const TURN: Duration = Duration::from_millis(50);

/// The right to write one file. It ends when this is dropped, or with the process.
#[derive(Debug)]
pub(super) struct Turn {
    _lock: File,
}

impl Turn {
    /// Waits for it; none when somebody else takes too long.
    pub(super) fn take(file: &Path) -> io::Result<Option<Self>> {
        let folder = file.parent().ok_or_else(|| io::Error::other("a file lies in a folder"))?;
        fs::create_dir_all(folder)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let path = folder.join(format!(".{name}.lock"));
        let lock = File::options().create(true).truncate(false).write(true).mode(0o600).open(path)?;
        let begun = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Some(Self { _lock: lock })),
                Err(TryLockError::WouldBlock) if begun.elapsed() >= PATIENCE => return Ok(None),
                Err(TryLockError::WouldBlock) => thread::sleep(TURN),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}
