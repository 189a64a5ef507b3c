//! A user that no other guest has, for as long as this guest lives.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::Path,
};

use super::settings::UserRange;
use crate::{state_dir::open_private, vm::shim::ShimError};

const MAP: &str = "/proc/self/uid_map";

/// A user id that is taken as long as this value exists.
#[derive(Debug)]
pub(super) struct UserLease {
    uid: u32,
    /// The kernel gives the lock back however this process ends.
    _lock: File,
}

impl UserLease {
    /// Takes a user that is free: whose lock nobody holds, and whom no process runs as. The search begins at `wish`, so
    /// that a user which has just become free is not taken again at once.
    pub(super) fn take(range: UserRange, locks: &Path, wish: u32) -> Result<Self, ShimError> {
        let failed = ShimError::containment;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(locks)
            .map_err(failed("make the folder of user locks"))?;
        let ids = range.ids();
        let count = ids.end - ids.start;
        for offset in 0..count {
            let uid = ids.start + (wish % count + offset) % count;
            let lock = open_private(&locks.join(uid.to_string())).map_err(failed("open a user's lock"))?;
            match lock.try_lock() {
                Ok(()) if is_idle(uid).map_err(failed("look at the processes of a user"))? => {
                    return Ok(Self { uid, _lock: lock });
                }
                Ok(()) | Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(source)) => return Err(failed("take a user's lock")(source)),
            }
        }
        Err(ShimError::NoUserLeft { count })
    }

    pub(super) fn uid(&self) -> u32 {
        self.uid
    }
}

/// Whether this process may become any user of the range: it is root, and not only inside of a container that has fewer
/// users.
pub(super) fn may_become(range: UserRange) -> bool {
    rustix::process::geteuid().is_root() && fs::read_to_string(MAP).is_ok_and(|map| holds(&map, range))
}

fn holds(map: &str, range: UserRange) -> bool {
    let ids = range.ids();
    map.lines().any(|line| {
        let mut numbers = line.split_whitespace().map(|word| word.parse::<u64>().ok());
        let (Some(Some(first)), Some(Some(_)), Some(Some(count))) =
            (numbers.next(), numbers.next(), numbers.next())
        else {
            return false;
        };
        first <= ids.start.into() && u64::from(ids.end) <= first + count
    })
}

/// Whether no process runs as a user. A guest's last process may outlive the process that held the lock by a moment.
fn is_idle(uid: u32) -> io::Result<bool> {
    for entry in fs::read_dir("/proc")? {
        // A process that ends meanwhile runs as nobody.
        if entry?.metadata().is_ok_and(|metadata| metadata.uid() == uid) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_taken_once_and_free_again_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let range = UserRange::new(1_950_000_000, 2).unwrap();
        let locks = dir.path().join("users");
        let first = UserLease::take(range, &locks, 7).unwrap();
        assert_eq!(first.uid(), 1_950_000_001);
        let second = UserLease::take(range, &locks, 7).unwrap();
        assert_eq!(second.uid(), 1_950_000_000);
        assert!(matches!(UserLease::take(range, &locks, 7), Err(ShimError::NoUserLeft { count: 2 })));
        drop(first);
        assert_eq!(UserLease::take(range, &locks, 0).unwrap().uid(), 1_950_000_001);
    }

    #[test]
    fn a_user_that_somebody_runs_as_is_not_taken() {
        let me = rustix::process::geteuid().as_raw();
        assert!(!is_idle(me).unwrap());
        assert!(is_idle(1_950_000_002).unwrap());
    }

    #[test]
    fn root_of_a_container_has_only_the_users_of_its_map() {
        let range = UserRange::new(1_900_000_000, 4096).unwrap();
        for (map, expected) in [
            ("         0          0 4294967295\n", true),
            ("         0     100000      65536\n", false),
            ("0 1000 1\n1 100000 65536\n", false),
            ("0 0 1900004095\n", false),
            ("0 0 1900004096\n", true),
            ("", false),
            ("nonsense", false),
        ] {
            assert_eq!(holds(map, range), expected, "{map:?}");
        }
    }
}
