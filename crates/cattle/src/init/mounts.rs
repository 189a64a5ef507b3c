//! The file systems of an empty machine.

use std::{ffi::CStr, fs, io, os::unix::fs::PermissionsExt, path::PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

use super::InitError;
use crate::layout::Layout;

struct Mount {
    kind: &'static str,
    path: PathBuf,
    flags: MountFlags,
    options: Option<&'static CStr>,
}

/// Mounts `/proc`, which tells where this process is.
pub(super) fn mount_proc(layout: &Layout) -> Result<(), InitError> {
    one(Mount { kind: "proc", path: layout.root().join("proc"), flags: STRICT, options: None })
}

/// Takes that back.
pub(super) fn unmount_proc(layout: &Layout) {
    let _ = unmount(layout.root().join("proc"), UnmountFlags::DETACH);
}

/// Takes from everybody but root the right to write to the root folder. The kernel unpacks an initial file system into a
/// folder that all may write to, as if it were a folder of temporary files; a task could fill it up there.
pub(super) fn close_root(layout: &Layout) -> Result<(), InitError> {
    let path = layout.root();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(|source| InitError::Protect { path: path.to_owned(), source })
}

const STRICT: MountFlags = MountFlags::NOSUID.union(MountFlags::NOEXEC).union(MountFlags::NODEV);

/// Takes every file system that a task can write to away, with all that is in it, and mounts empty ones in their stead.
///
/// # Errors
/// [`InitError::Mount`] for one that cannot be mounted.
pub fn renew(layout: &Layout) -> Result<(), InitError> {
    for scratch in all(layout).into_iter().filter(|mount| mount.kind == SCRATCH) {
        // What is still open in it goes when it is closed.
        unmount(&scratch.path, UnmountFlags::DETACH).map_err(|errno| InitError::Mount {
            kind: SCRATCH,
            path: scratch.path.clone(),
            source: errno.into(),
        })?;
        one(scratch)?;
    }
    Ok(())
}

/// A file system in memory.
const SCRATCH: &str = "tmpfs";

/// Mounts what else programs expect. What is mounted already stays as it is.
pub(super) fn mount_all(layout: &Layout) -> Result<(), InitError> {
    all(layout).into_iter().try_for_each(one)
}

fn all(layout: &Layout) -> [Mount; 8] {
    let files = MountFlags::NOSUID | MountFlags::NODEV;
    let terminals = MountFlags::NOSUID | MountFlags::NOEXEC;
    let at = |path: &str| layout.root().join(path);
    [
        ("sysfs", at("sys"), STRICT, None),
        ("devtmpfs", at("dev"), MountFlags::NOSUID, None),
        ("devpts", at("dev/pts"), terminals, Some(c"mode=620,ptmxmode=666")),
        (SCRATCH, at("dev/shm"), files, Some(c"mode=1777")),
        (SCRATCH, at("run"), files, Some(c"mode=755")),
        (SCRATCH, at("tmp"), files, Some(c"mode=1777")),
        (SCRATCH, layout.state(), files, Some(c"mode=755")),
        ("cgroup2", at("sys/fs/cgroup"), STRICT, None),
    ]
    .map(|(kind, path, flags, options)| Mount { kind, path, flags, options })
}

fn one(wanted: Mount) -> Result<(), InitError> {
    let Mount { kind, path, flags, options } = wanted;
    let done = match fs::create_dir_all(&path) {
        Ok(()) => match mount(kind, &path, kind, flags, options) {
            Ok(()) | Err(rustix::io::Errno::BUSY) => Ok(()),
            Err(errno) => Err(io::Error::from(errno)),
        },
        Err(error) => Err(error),
    };
    done.map_err(|source| InitError::Mount { kind, path, source })
}
