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
pub(super) struct Lock {
    folder: File,
}

impl Lock {
    /// Takes the lock, waiting for another edit to end.
    ///
    /// # Errors
    /// A fault that names the holder when it takes too long, and one when the user interrupts.
    pub(super) async fn take(folder: &Path, interrupt: &mut Interrupt) -> Result<Self, Fault> {
        let failed = |error: &io::Error| {
            Fault::new(FaultCode::Io, format!("failed to lock {}", folder.display())).because(error)
        };
        let lock = Self { folder: File::open(folder).map_err(|error| failed(&error))? };
        let deadline = Instant::now() + PATIENCE;
        loop {
            match flock(lock.folder.as_fd(), FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(lock),
                Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) => {}
                Err(error) => return Err(failed(&error.into())),
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
