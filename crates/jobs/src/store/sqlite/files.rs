//! The files of the store: private to their owner, and held by one process.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::store::error::StoreError;

/// The hold on the store. It ends with the process, however the process ends.
#[derive(Debug)]
pub(in crate::store) struct Files {
    /// Locked as long as it is open.
    _lock: File,
}

impl Files {
    /// Makes the folder and the file if they are missing, and takes hold of them.
    pub(in crate::store) fn claim(path: &Path) -> Result<Self, StoreError> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(StoreError::file("create the folder", folder))?;
        let mode =
            fs::metadata(folder).map_err(StoreError::file("read", folder))?.permissions().mode() & 0o7777;
        if mode & 0o022 != 0 {
            return Err(StoreError::Exposed { path: folder.to_owned(), mode });
        }
        let lock = lock(path)?;
        let file = private(path).map_err(StoreError::file("open", path))?;
        file.set_permissions(Permissions::from_mode(0o600)).map_err(StoreError::file("protect", path))?;
        Ok(Self { _lock: lock })
    }
}

/// Locks the file beside the store and leaves this process's number in it.
fn lock(store: &Path) -> Result<File, StoreError> {
    let path = lock_path(store);
    let mut file = private(&path).map_err(StoreError::file("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.read_to_string(&mut text).map_err(StoreError::file("read", &path))?;
            return Err(StoreError::Held { path: store.to_owned(), pid: text.trim().parse().ok() });
        }
        Err(TryLockError::Error(source)) => return Err(StoreError::file("lock", path)(source)),
    }
    let pid = format!("{}\n", std::process::id());
    file.set_len(0)
        .and_then(|()| file.write_all(pid.as_bytes()))
        .map_err(StoreError::file("write", &path))?;
    Ok(file)
}

fn lock_path(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

/// Opens a file that only its owner may read, and makes it if it is missing.
fn private(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}
