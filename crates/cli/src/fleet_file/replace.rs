//! Replacing the file: whole or not at all.

use std::{
    fs::{self, Metadata, Permissions},
    io::{self, Write},
    os::{
        fd::AsFd,
        unix::fs::{MetadataExt, PermissionsExt},
    },
    path::Path,
};

use clawlets_printer::{Fault, FaultCode};
use tempfile::{Builder, NamedTempFile};

use super::{
    lock::Lock,
    read::{self, Found},
};

const SUFFIX: &str = ".tmp";

/// Writes a text in place of what was found, with its owner and mode. Whatever happens, the file holds the old text or
/// the new one.
///
/// # Errors
/// A fault when the disk is full or read-only, and one when somebody changed the file meanwhile.
pub(super) fn replace(path: &Path, found: &Found, text: &str, lock: &Lock) -> Result<(), Fault> {
    let failed = |error: &io::Error| {
        Fault::new(FaultCode::Io, format!("failed to write {}", path.display()))
            .because(error)
            .hint(hint_for(error.kind()))
    };
    remove_left_behind(path);
    let temporary = written(path, &found.metadata, text).map_err(|error| failed(&error))?;
    // An editor does not know of our lock.
    if read::read(path)?.text != found.text {
        return Err(Fault::new(
            FaultCode::FleetChanged,
            format!("{} was changed by another program meanwhile", path.display()),
        )
        .hint("nothing was written; run the same command again"));
    }
    temporary.persist(path).map_err(|error| failed(&error.error))?;
    // The name is on the disk when the folder is.
    rustix::fs::fsync(lock.folder().as_fd()).map_err(|error| failed(&error.into()))
}

/// The new text in a file of its own beside the old one, on the disk.
fn written(path: &Path, like: &Metadata, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = Builder::new().prefix(&prefix(path)).suffix(SUFFIX).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    let own = file.as_file().metadata()?;
    if (own.uid(), own.gid()) != (like.uid(), like.gid()) {
        std::os::unix::fs::fchown(file.as_file(), Some(like.uid()), Some(like.gid()))?;
    }
    file.as_file().set_permissions(Permissions::from_mode(like.mode() & 0o7777))?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Removes what a process left that was killed while it wrote. The lock is ours, so nobody writes now.
fn remove_left_behind(path: &Path) {
    let entries = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(&prefix(path)) && name.ends_with(SUFFIX)) {
            // It is in nobody's way if it stays.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// How the name of a file begins that will take the place of this one.
fn prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

const fn hint_for(kind: io::ErrorKind) -> &'static str {
    if matches!(kind, io::ErrorKind::ReadOnlyFilesystem) {
        "the disk is read-only; nothing was changed"
    } else if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        "the disk is full; nothing was changed"
    } else if matches!(kind, io::ErrorKind::PermissionDenied) {
        "you may not write to its folder; nothing was changed"
    } else {
        "nothing was changed"
    }
}
