//! A network namespace for one guest.

use std::fs;

use nix::{
    errno::Errno,
    sched::{CloneFlags, unshare},
};
use rustix::process::{getegid, geteuid};

use super::error::ShimError;

/// Moves this process into a fresh network namespace in which not even loopback is up.
///
/// Root enters it directly. Anybody else enters a user namespace with it, in which they are root over that network
/// and over nothing else.
pub(super) fn enter() -> Result<(), ShimError> {
    let (user, group) = (geteuid(), getegid());
    if user.is_root() {
        return unshare(CloneFlags::CLONE_NEWNET)
            .map_err(|errno| ShimError::namespace("enter a network namespace")(errno.into()));
    }
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET).map_err(|errno| {
        if [Errno::ENOSPC, Errno::EPERM, Errno::EACCES].contains(&errno) {
            ShimError::NoUserNamespaces(errno.into())
        } else {
            ShimError::namespace("enter a user and network namespace")(errno.into())
        }
    })?;
    let map = |path: &str, text: String| fs::write(path, text);
    // A group map of one's own is only accepted once groups can no longer be dropped.
    map("/proc/self/setgroups", "deny".to_owned())
        .and_then(|()| map("/proc/self/uid_map", format!("0 {} 1", user.as_raw())))
        .and_then(|()| map("/proc/self/gid_map", format!("0 {} 1", group.as_raw())))
        .map_err(ShimError::namespace("map the user into the namespace"))
}
