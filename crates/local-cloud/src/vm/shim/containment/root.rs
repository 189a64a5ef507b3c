//! A view as a tree of mounts, which becomes the root folder of a child process.
//!
//! The tree is built in a mount namespace of this process's own. What this process itself sees stays as it was, and
//! nobody else sees the tree.

use std::{
    fs::{self, File},
    io,
    os::{
        fd::OwnedFd,
        unix::fs::{MetadataExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
};

use nix::sched::{CloneFlags, unshare};
use rustix::{
    fs::{Mode, OFlags},
    mount::{MountFlags, MountPropagationFlags, mount, mount_bind, mount_change, mount_remount},
};

use super::view::View;
use crate::vm::shim::ShimError;

/// The folder in the guest's directory that the tree is mounted on. To everybody else it is empty.
pub(super) const MOUNT_POINT: &str = "root";
/// Only names are in the tree itself, except for files that must be copied.
const SIZE: &std::ffi::CStr = c"mode=0755,size=512m";
/// Shows a process its own entry and nobody else's, and nothing of the kernel's. The order matters: a kernel that does not
/// know `subset` would apply `hidepid` to everybody's `/proc`.
const OWN_PROCESS_ONLY: &std::ffi::CStr = c"subset=pid,hidepid=2";
const INERT: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// Builds the tree below the current folder and opens it. No second thread may exist, since a mount namespace belongs
/// to a thread.
pub(super) fn build(view: &View) -> Result<OwnedFd, ShimError> {
    unshare(CloneFlags::CLONE_NEWNS)
        .map_err(|errno| ShimError::containment("enter a mount namespace")(errno.into()))?;
    // What is mounted on the machine later appears here too; what is mounted here stays here.
    mount_change("/", MountPropagationFlags::DOWNSTREAM | MountPropagationFlags::REC)
        .map_err(|errno| ShimError::containment("keep mounts to this process")(errno.into()))?;
    let root = std::path::absolute(MOUNT_POINT).map_err(ShimError::containment("find the current folder"))?;
    fill(&root, view).map_err(ShimError::containment("build what QEMU may see"))?;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(&root, flags, Mode::empty())
        .map_err(|errno| ShimError::containment("open what QEMU may see")(errno.into()))
}

fn fill(root: &Path, view: &View) -> io::Result<()> {
    match fs::create_dir(root) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    mount("tmpfs", root, "tmpfs", INERT | MountFlags::NOEXEC, SIZE)?;
    for folder in &view.folders {
        let place = make_folder(root, folder)?;
        mount_bind(folder, &place)?;
        mount_remount(&place, MountFlags::BIND | MountFlags::RDONLY | INERT, c"")?;
    }
    for (path, target) in &view.links {
        let place = make_parent(root, path)?;
        symlink(target, place)?;
    }
    for (source, shown) in &view.files {
        show_file(source, &make_parent(root, shown)?)?;
    }
    for device in &view.devices {
        let place = make_parent(root, device)?;
        File::create(&place)?;
        mount_bind(device, &place)?;
        mount_remount(&place, MountFlags::BIND | MountFlags::NOSUID | MountFlags::NOEXEC, c"")?;
    }
    let place = make_folder(root, Path::new("/proc"))?;
    mount("proc", &place, "proc", INERT | MountFlags::NOEXEC, OWN_PROCESS_ONLY)?;
    mount_remount(root, MountFlags::RDONLY | INERT | MountFlags::NOEXEC, c"")?;
    Ok(())
}

/// Shows a file, or a copy of it if it is not for everybody to read: QEMU is somebody else.
fn show_file(source: &Path, place: &Path) -> io::Result<()> {
    if fs::metadata(source)?.mode() & 0o004 == 0 {
        fs::copy(source, place)?;
        return fs::set_permissions(place, fs::Permissions::from_mode(0o444));
    }
    File::create(place)?;
    mount_bind(source, place)?;
    mount_remount(place, MountFlags::BIND | MountFlags::RDONLY | INERT, c"")?;
    Ok(())
}

fn make_folder(root: &Path, shown: &Path) -> io::Result<PathBuf> {
    let place = below(root, shown);
    make_open_folders(root, &place)?;
    Ok(place)
}

/// The place of a file, with the folders that it is in.
fn make_parent(root: &Path, shown: &Path) -> io::Result<PathBuf> {
    let place = below(root, shown);
    make_open_folders(root, place.parent().unwrap_or(root))?;
    Ok(place)
}

fn below(root: &Path, shown: &Path) -> PathBuf {
    root.join(shown.strip_prefix("/").unwrap_or(shown))
}

/// Makes folders that everybody may enter, whatever this process's mask for new files is.
fn make_open_folders(root: &Path, place: &Path) -> io::Result<()> {
    let Ok(names) = place.strip_prefix(root) else { return Ok(()) };
    let mut path = root.to_path_buf();
    for name in names {
        path.push(name);
        match fs::create_dir(&path) {
            Ok(()) => fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
