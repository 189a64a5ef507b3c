//! One daemon per state directory.

use std::{
    fs::{self, File, TryLockError},
    io::Write,
    thread,
    time::{Duration, Instant},
};

use crate::{
    error::Error,
    state_dir::{StateDir, open_private},
};

/// How long the lock may be held by those who only look whether somebody has it: they take it for a moment, too.
const LOOKS: Duration = Duration::from_secs(1);
/// The time between two tries.
const PAUSE: Duration = Duration::from_millis(5);

/// Held as long as the daemon lives.
#[derive(Debug)]
pub(super) struct DaemonLock {
    _file: File,
}

impl DaemonLock {
    /// Takes the lock and writes our process id into it.
    pub(super) fn take(state: &StateDir) -> Result<Self, Error> {
        let path = state.daemon_lock();
        let mut file = open_private(&path).map_err(Error::file("open", &path))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < LOOKS => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let pid = Self::written_pid(state).unwrap_or_default();
                    return Err(Error::AlreadyServed { state_dir: state.root().to_path_buf(), pid });
                }
                Err(TryLockError::Error(source)) => return Err(Error::File { action: "lock", path, source }),
            }
        }
        file.set_len(0)
            .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()))
            .map_err(Error::file("write", &path))?;
        Ok(Self { _file: file })
    }

    /// The process that holds the lock: 0 if it has not written its id yet, `None` if nobody holds it.
    pub(super) fn holder(state: &StateDir) -> Result<Option<u32>, Error> {
        let path = state.daemon_lock();
        let Ok(file) = File::open(&path) else { return Ok(None) };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(Self::written_pid(state).unwrap_or_default())),
            Err(TryLockError::Error(source)) => Err(Error::File { action: "look at", path, source }),
        }
    }

    fn written_pid(state: &StateDir) -> Option<u32> {
        fs::read_to_string(state.daemon_lock()).ok()?.trim().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_daemon_is_told_who_holds_the_state() {
        let dir = tempfile::tempdir().unwrap();
        let state = StateDir::new(dir.path());
        state.create().unwrap();
        assert_eq!(DaemonLock::holder(&state).unwrap(), None);
        let lock = DaemonLock::take(&state).unwrap();
        let us = std::process::id();
        assert_eq!(DaemonLock::holder(&state).unwrap(), Some(us));
        assert!(matches!(DaemonLock::take(&state), Err(Error::AlreadyServed { pid, .. }) if pid == us));
        drop(lock);
        assert_eq!(DaemonLock::holder(&state).unwrap(), None);
    }
}
