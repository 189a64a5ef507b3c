//! One edit at a time, among all processes.

use std::{
    fs::{self, File},
    io,
    os::{fd::AsFd, unix::fs::MetadataExt},
    path::Path,
    time::{Duration, Instant},
};

use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::Interrupt;
use rustix::fs::{FlockOperation, flock};
use tokio::time::sleep;

/// How long an edit waits for another one.
const PATIENCE: Duration = Duration::from_secs(5);
const BETWEEN_TRIES: Duration = Duration::from_millis(25);

/// The right to change the files of a folder, as long as it lives.
///
/// The lock is on the folder itself: it survives that a file in it is replaced, and leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Lock {
    folder: File,
}

impl Lock {
    /// Takes the lock, waiting for another edit to end.
    ///
    /// # Errors
    /// A fault that names the holder when it takes too long, and one when the user interrupts.
    pub(super) async fn take(folder: &Path, interrupt: &mut Interrupt) -> Result<Self, Fault> {
        let lock = Self::on(folder)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            if lock.is_got(folder)? {
                return Ok(lock);
            }
            if Instant::now() >= deadline {
                return Err(lock.is_held(folder));
            }
            tokio::select! {
                () = sleep(BETWEEN_TRIES) => {}
                () = interrupt.came() => {
                    return Err(Fault::new(FaultCode::Interrupted, "you interrupted the edit; nothing was changed")
                        .hint("run the same command again"));
                }
            }
        }
    }

    /// As [`Self::take`], for verbs that an interruption may simply end.
    ///
    /// # Errors
    /// A fault that names the holder when it takes too long.
    pub(crate) fn wait(folder: &Path) -> Result<Self, Fault> {
        let lock = Self::on(folder)?;
        let deadline = Instant::now() + PATIENCE;
        while !lock.is_got(folder)? {
            if Instant::now() >= deadline {
                return Err(lock.is_held(folder));
            }
            std::thread::sleep(BETWEEN_TRIES);
        }
        Ok(lock)
    }

    fn on(folder: &Path) -> Result<Self, Fault> {
        File::open(folder).map(|folder| Self { folder }).map_err(|error| failed(folder, &error))
    }

    /// Tries once.
    fn is_got(&self, folder: &Path) -> Result<bool, Fault> {
        match flock(self.folder.as_fd(), FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(failed(folder, &error.into())),
        }
    }

    /// The folder's own descriptor.
    pub(super) fn folder(&self) -> &File {
        &self.folder
    }

    fn is_held(&self, folder: &Path) -> Fault {
        let holder = self.holder().unwrap_or_else(|| "another process".to_owned());
        Fault::new(FaultCode::FleetLocked, format!("{holder} is changing {}", folder.display()))
            .hint("run the same command again when it has ended")
    }

    /// Who holds the lock, as far as the kernel tells.
    fn holder(&self) -> Option<String> {
        let inode = self.folder.metadata().ok()?.ino();
        let pid = holder_of(&fs::read_to_string("/proc/locks").ok()?, inode)?;
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        match name.trim() {
            "" => Some(format!("process {pid}")),
            name => Some(format!("process {pid} ({name})")),
        }
    }
}

fn failed(folder: &Path, error: &io::Error) -> Fault {
    Fault::new(FaultCode::Io, format!("failed to lock {}", folder.display())).because(error)
}

/// The process that holds a lock of ours on an inode, by the kernel's list:
/// `1: FLOCK ADVISORY WRITE 1234 08:02:131 0 EOF`.
fn holder_of(locks: &str, inode: u64) -> Option<u32> {
    locks.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        let is_ours = words.next() == Some("FLOCK");
        let pid = words.nth(2)?.parse().ok()?;
        let file = words.next()?.rsplit(':').next()?.parse::<u64>().ok()?;
        (is_ours && file == inode && pid > 0).then_some(pid)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_tells_the_holder() {
        let locks = "1: POSIX  ADVISORY  READ  11 08:02:131 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 22 08:02:131 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 33 08:02:132 0 EOF\n\
                     4: FLOCK  ADVISORY  WRITE 44 08:02:131 0 EOF\n\
                     garbage";
        assert_eq!(holder_of(locks, 131), Some(44));
        assert_eq!(holder_of(locks, 1), None);
    }
}
