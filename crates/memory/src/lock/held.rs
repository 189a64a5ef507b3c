//! Taking a lock within a time.

use std::{
    os::fd::OwnedFd,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    fs::{self, FileType, FlockOperation, Mode, OFlags, Stat},
    io::Errno,
};

use super::Holder;
use crate::{MemoryError, MemoryPath, Pulse, tree::Folder};

/// How often somebody who waits shows that it lives.
const TURN: Duration = Duration::from_millis(500);
const LOCK: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);
const MODE: Mode = Mode::from_raw_mode(0o660);

/// A lock that is held as long as this lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: OwnedFd,
}

/// Whether a lock may be made where there is none.
#[derive(Clone, Copy)]
enum How {
    /// Whoever reads makes nothing. Where nobody has written yet there is nothing to wait for.
    Shared,
    Exclusive,
}

/// Shares a file with other readers; none if there is no lock, or none that the caller may open. A reader needs none to
/// see a whole version: it waits so that it sees what a writer finishes at this moment.
pub(crate) fn shared(
    folder: &Folder,
    path: &MemoryPath,
    wait: Duration,
    pulse: &Pulse,
) -> Result<Option<Lock>, MemoryError> {
    match take(folder, path, How::Shared, wait, pulse) {
        Ok(lock) => Ok(Some(lock)),
        Err(Refused::Errno(Errno::NOENT | Errno::ACCESS | Errno::PERM)) => Ok(None),
        Err(refused) => Err(refused.into_error(folder, path)),
    }
}

/// Excludes all others from a file. The lock is made if there is none yet.
pub(crate) fn exclusive(
    folder: &Folder,
    path: &MemoryPath,
    wait: Duration,
    pulse: &Pulse,
) -> Result<Lock, MemoryError> {
    take(folder, path, How::Exclusive, wait, pulse).map_err(|refused| refused.into_error(folder, path))
}

/// Why a lock was not taken.
enum Refused {
    Errno(Errno),
    Memory(MemoryError),
}

impl Refused {
    fn into_error(self, folder: &Folder, path: &MemoryPath) -> MemoryError {
        match self {
            Self::Errno(Errno::ISDIR) => no_file(path),
            Self::Errno(errno @ (Errno::LOOP | Errno::NXIO)) => {
                folder.in_the_way(&path.lock_name(), path, errno)
            }
            Self::Errno(errno) => MemoryError::kernel("locked", folder.place(path.name()), errno),
            Self::Memory(error) => error,
        }
    }
}

impl From<Errno> for Refused {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

fn take(
    folder: &Folder,
    path: &MemoryPath,
    how: How,
    wait: Duration,
    pulse: &Pulse,
) -> Result<Lock, Refused> {
    let name = path.lock_name();
    let begun = Instant::now();
    loop {
        let (file, stat) = open(folder, path, &name, how)?;
        if !is_taken(&file, how, wait.saturating_sub(begun.elapsed()), pulse)? {
            let holder = Holder::of(&stat);
            return Err(Refused::Memory(MemoryError::Busy { path: path.clone(), waited: wait, holder }));
        }
        // Whoever removed the lock's file meanwhile would exclude nobody who came later.
        let now = folder.stat(&name).map_err(Refused::Memory)?;
        if now.is_some_and(|now| (now.st_dev, now.st_ino) == (stat.st_dev, stat.st_ino)) {
            return Ok(Lock { _file: file });
        }
        pulse.beat();
    }
}

fn open(folder: &Folder, path: &MemoryPath, name: &str, how: How) -> Result<(OwnedFd, Stat), Refused> {
    let flags = match how {
        How::Shared => OFlags::RDONLY,
        // A lock that excludes wants a file that is open for writing where it lies on another machine.
        How::Exclusive => OFlags::RDWR | OFlags::CREATE,
    };
    let file = fs::openat(folder, name, flags | LOCK, MODE)?;
    let stat = fs::fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Refused::Memory(no_file(path)));
    }
    if matches!(how, How::Exclusive) && stat.st_mode & 0o7777 != MODE.as_raw_mode() {
        // Only its maker may, and it has to do it once.
        let _ = fs::fchmod(&file, MODE);
    }
    Ok((file, stat))
}

fn no_file(path: &MemoryPath) -> MemoryError {
    MemoryError::NotAFile { path: path.clone(), kind: "locked by something that is no file" }
}

/// Takes the lock, or waits for it in the kernel's own queue, which is fair.
fn is_taken(file: &OwnedFd, how: How, wait: Duration, pulse: &Pulse) -> Result<bool, Refused> {
    let (at_once, waiting) = match how {
        How::Shared => (FlockOperation::NonBlockingLockShared, FlockOperation::LockShared),
        How::Exclusive => (FlockOperation::NonBlockingLockExclusive, FlockOperation::LockExclusive),
    };
    match fs::flock(file, at_once) {
        Ok(()) => return Ok(true),
        Err(Errno::WOULDBLOCK) if wait.is_zero() => return Ok(false),
        Err(Errno::WOULDBLOCK) => {}
        Err(errno) => return Err(errno.into()),
    }
    let again = file.try_clone().map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::MFILE))?;
    let (sender, receiver) = mpsc::channel();
    let spawned = thread::Builder::new().name("lock".to_owned()).spawn(move || {
        // When nobody listens any more, the lock is given back with this handle, the last one.
        let _ = sender.send(fs::flock(&again, waiting));
    });
    spawned.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::AGAIN))?;
    let begun = Instant::now();
    loop {
        let left = wait.saturating_sub(begun.elapsed());
        match receiver.recv_timeout(left.min(TURN)) {
            Ok(taken) => return taken.map(|()| true).map_err(Refused::from),
            Err(RecvTimeoutError::Timeout) if left.is_zero() => return Ok(false),
            Err(RecvTimeoutError::Timeout) => pulse.beat(),
            Err(RecvTimeoutError::Disconnected) => return Err(Errno::INTR.into()),
        }
    }
}
