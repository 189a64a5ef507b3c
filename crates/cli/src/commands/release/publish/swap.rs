//! A pointer and its signature are two files, and a host must never see one of them without the other. So both are put
//! into a copy of their folder, which then changes places with the folder in one step of the file system.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use clawlets_printer::{Fault, FaultCode};
use clawlets_secrets::project::write_atomic;
use rustix::fs::{CWD, FlockOperation, RenameFlags, flock, renameat_with};

use super::super::{document::signature_of, fault::of_write, site::Site};

/// Lets a site's pointer be this one. After a crash the site has the pointer from before, or this one, each with its
/// signature.
pub(super) fn swap_pointer(site: &Site, pointer: &[u8], signature: &str) -> Result<(), Fault> {
    let staged = staged(site);
    clear(&staged)?;
    let swapped = swap(site, &staged, pointer, signature);
    // Also of a copy that found no room.
    let cleared = clear(&staged);
    swapped.and(cleared)
}

fn swap(site: &Site, staged: &Path, pointer: &[u8], signature: &str) -> Result<(), Fault> {
    let folder = site.folder();
    let latest = site.latest();
    let replaced = [latest.clone(), signature_of(&latest)];
    link_all(folder, staged, &replaced).map_err(|error| of_io("copy", folder, &error))?;
    for (path, bytes) in replaced.iter().zip([pointer, signature.as_bytes()]) {
        let name = path.file_name().unwrap_or_default();
        write_atomic(&staged.join(name), bytes, 0o644).map_err(|error| of_write(&error))?;
    }
    let exchanged = renameat_with(CWD, staged, CWD, folder, RenameFlags::EXCHANGE);
    exchanged.map_err(|error| of_io("replace", folder, &error.into()))?;
    let above = folder.parent().unwrap_or(Path::new("."));
    File::open(above).and_then(|above| above.sync_all()).map_err(|error| of_io("write", above, &error))
}

/// Keeps others from publishing for this host, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the lock is held as long as the file is open")] File);

impl Lock {
    /// Makes the folder of a site, and locks the one above it, which never changes places.
    pub(super) fn take(site: &Site) -> Result<Self, Fault> {
        let folder = site.folder();
        let above = folder.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(above).map_err(|error| of_io("make", above, &error))?;
        let file = File::open(above).map_err(|error| of_io("open", above, &error))?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self(file)),
            Err(rustix::io::Errno::WOULDBLOCK) => Err(Fault::new(
                FaultCode::ReleaseBusy,
                format!("another process publishes into {}", above.display()),
            )),
            Err(error) => Err(of_io("lock", above, &error.into())),
        }
    }
}

/// The copy. Its name begins with a dot, so that nobody serves it.
fn staged(site: &Site) -> PathBuf {
    site.folder().with_file_name(format!(".{}.staged", site.channel))
}

/// Files are never changed in place, so that two names for the same one do.
fn link_all(from: &Path, to: &Path, without: &[PathBuf]) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type()?.is_dir() {
            link_all(&path, &to.join(&name), without)?;
        } else if !without.contains(&path) {
            fs::hard_link(&path, to.join(&name))?;
        }
    }
    File::open(to)?.sync_all()
}

fn clear(staged: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(staged) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(of_io("remove", staged, &error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

pub(super) fn of_io(action: &str, path: &Path, error: &io::Error) -> Fault {
    Fault::new(FaultCode::Io, format!("failed to {action} {}", path.display())).because(error)
}
