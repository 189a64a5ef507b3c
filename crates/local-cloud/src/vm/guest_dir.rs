//! The directory of one guest, and the locks in it that say whether the guest lives.
//!
//! One is taken before the shim starts and handed to it as standard input. The other one the shim takes for QEMU, which
//! has nothing but that: a QEMU that a guest has taken over can give back its own lock, but neither the shim's nor the
//! process id in it. So both are free exactly when neither process exists any more, however they ended and whoever is
//! the parent by then.

use std::{
    fs::{self, File, TryLockError},
    io,
    os::{fd::AsFd, unix::fs::DirBuilderExt},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::error::GuestError;
use crate::state_dir::open_private;

/// How long a shim may take to end QEMU and itself, before both are killed.
const GRACE: Duration = Duration::from_millis(500);
/// How long a killed guest may take to release its memory.
const END_DEADLINE: Duration = Duration::from_secs(10);
/// How long another process may look at the lock before a start gives up.
const LOCK_DEADLINE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(1);

/// The name of QEMU's lock in the directory.
const EMULATOR_LOCK: &str = "qemu.lock";

/// The name of the specification in the directory.
pub(super) const SPEC: &str = "spec.json";

/// The directory of one guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GuestDir {
    path: PathBuf,
    server_id: u64,
}

impl GuestDir {
    pub(crate) fn new(path: PathBuf, server_id: u64) -> Self {
        Self { path, server_id }
    }

    pub(crate) fn server_id(&self) -> u64 {
        self.server_id
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn spec(&self) -> PathBuf {
        self.path.join(SPEC)
    }

    pub(crate) fn shim_log(&self) -> PathBuf {
        self.path.join("shim.log")
    }

    pub(crate) fn console_log(&self) -> PathBuf {
        self.path.join(super::shim::CONSOLE_LOG)
    }

    pub(crate) fn qemu_log(&self) -> PathBuf {
        self.path.join(super::shim::QEMU_LOG)
    }

    /// Makes the directory, private to its owner, if it is missing.
    pub(crate) fn create(&self) -> Result<(), GuestError> {
        match fs::DirBuilder::new().mode(0o700).create(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
                Err(GuestError::File { action: "create", path: self.path.clone(), source })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Removes the directory; no error if it is gone already.
    pub(crate) fn remove(&self) -> Result<(), GuestError> {
        match fs::remove_dir_all(&self.path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(GuestError::File { action: "remove", path: self.path.clone(), source })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Whether the shim or QEMU exists.
    pub(crate) fn is_alive(&self) -> Result<bool, GuestError> {
        Ok(is_held(&self.lock_path())? || is_held(&self.path.join(EMULATOR_LOCK))?)
    }

    /// Takes the lock for a guest about to start.
    pub(crate) fn lock(&self) -> Result<File, GuestError> {
        let file = open_private(&self.lock_path()).map_err(GuestError::file("open", self.lock_path()))?;
        let deadline = Instant::now() + LOCK_DEADLINE;
        loop {
            match file.try_lock() {
                // A shim that was killed may have left its QEMU behind for a moment.
                Ok(()) if !is_held(&self.path.join(EMULATOR_LOCK))? => return Ok(file),
                Ok(()) | Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(PAUSE),
                Ok(()) | Err(TryLockError::WouldBlock) => {
                    return Err(GuestError::AlreadyRunning { server_id: self.server_id });
                }
                Err(TryLockError::Error(source)) => {
                    return Err(GuestError::File { action: "lock", path: self.lock_path(), source });
                }
            }
        }
    }

    /// Ends the shim, with it QEMU, and waits until both are gone. Does nothing to a guest that does not live.
    ///
    /// The guest is not asked. The shim is, since it can reap QEMU; when it does not obey at once it is killed, and
    /// the kernel kills QEMU after it.
    pub(crate) fn end(&self) -> Result<(), GuestError> {
        let begin = Instant::now();
        let mut is_told = false;
        while self.is_alive()? {
            if begin.elapsed() > GRACE {
                self.signal(Signal::KILL)?;
            } else if !is_told {
                is_told = self.signal(Signal::TERM)?;
            }
            if begin.elapsed() > END_DEADLINE {
                let seconds = END_DEADLINE.as_secs();
                return Err(GuestError::Deadline { server_id: self.server_id, what: "end", seconds });
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Sends a signal to the shim that holds the lock, and says whether it was sent. A shim that has not written its
    /// process id yet is left for the next attempt.
    fn signal(&self, signal: Signal) -> Result<bool, GuestError> {
        let Some(pid) = self.shim_pid()? else { return Ok(false) };
        let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { return Ok(false) };
        // The id may have been given to a stranger after the shim ended. While the shim's lock is held it was not.
        let is_holder = is_held(&self.lock_path())? && self.shim_pid()? == Some(pid);
        Ok(is_holder && pidfd_send_signal(process.as_fd(), signal).is_ok())
    }

    /// The process id that the current or last shim wrote into the lock.
    pub(crate) fn shim_pid(&self) -> Result<Option<Pid>, GuestError> {
        match fs::read_to_string(self.lock_path()) {
            Ok(text) => Ok(text.trim().parse().ok().and_then(Pid::from_raw)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(GuestError::File { action: "read", path: self.lock_path(), source }),
        }
    }

    fn lock_path(&self) -> PathBuf {
        self.path.join("lock")
    }
}

/// Takes QEMU's lock in the directory that this process is in. What comes back cannot be written to.
pub(super) fn take_emulator_lock() -> io::Result<File> {
    drop(open_private(Path::new(EMULATOR_LOCK))?);
    let file = File::open(EMULATOR_LOCK)?;
    // The shim's lock is held, so this one can only be looked at.
    file.lock()?;
    Ok(file)
}

/// Whether a process holds a lock. A missing file is nobody's.
fn is_held(path: &Path) -> Result<bool, GuestError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(source) => return Err(GuestError::File { action: "open", path: path.to_path_buf(), source }),
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(source)) => {
            Err(GuestError::File { action: "look at", path: path.to_path_buf(), source })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        os::unix::process::ExitStatusExt,
        process::{Command, Stdio},
    };

    fn guest_dir() -> (tempfile::TempDir, GuestDir) {
        let dir = tempfile::tempdir().unwrap();
        let guest = GuestDir::new(dir.path().join("7"), 7);
        guest.create().unwrap();
        (dir, guest)
    }

    #[test]
    fn a_guest_lives_as_long_as_any_process_has_its_lock() {
        let (_dir, guest) = guest_dir();
        assert!(!guest.is_alive().unwrap());
        let lock = guest.lock().unwrap();
        let mut process = Command::new("sleep").arg("60").stdin(Stdio::from(lock)).spawn().unwrap();
        assert!(guest.is_alive().unwrap());
        assert!(matches!(guest.lock(), Err(GuestError::AlreadyRunning { server_id: 7 })));
        process.kill().unwrap();
        process.wait().unwrap();
        assert!(!guest.is_alive().unwrap());
    }

    #[test]
    fn an_emulator_that_gives_its_lock_back_does_not_make_the_guest_dead() {
        let (_dir, guest) = guest_dir();
        let lock = guest.lock().unwrap();
        let emulator = File::create(guest.path().join(EMULATOR_LOCK)).unwrap();
        emulator.lock().unwrap();
        emulator.unlock().unwrap();
        assert!(guest.is_alive().unwrap());

        emulator.lock().unwrap();
        drop(lock);
        assert!(guest.is_alive().unwrap(), "the shim has ended, the emulator has not");
        assert!(matches!(guest.lock(), Err(GuestError::AlreadyRunning { server_id: 7 })));
        drop(emulator);
        assert!(!guest.is_alive().unwrap());
    }

    #[test]
    fn ending_a_guest_ends_the_process_that_wrote_its_id_even_if_it_does_not_want_to() {
        for (script, signal) in [("", 15), ("trap '' TERM;", 9)] {
            let (_dir, guest) = guest_dir();
            let lock = guest.lock().unwrap();
            let script = format!("{script} echo $$ >&0; while :; do sleep 0.1 <&-; done");
            let mut process =
                Command::new("sh").args(["-c", &script]).stdin(Stdio::from(lock)).spawn().unwrap();
            let waiter = thread::spawn(move || process.wait().unwrap());
            guest.end().unwrap();
            assert_eq!(waiter.join().unwrap().signal(), Some(signal), "{script}");
        }
    }

    #[test]
    fn a_stranger_with_the_process_id_of_an_ended_shim_is_left_alone() {
        let (_dir, guest) = guest_dir();
        let mut stranger = Command::new("sleep").arg("60").spawn().unwrap();
        fs::write(guest.path().join("lock"), stranger.id().to_string()).unwrap();
        guest.end().unwrap();
        assert!(stranger.try_wait().unwrap().is_none());
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }
}
