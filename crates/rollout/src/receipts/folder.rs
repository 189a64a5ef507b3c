//! The folder of records.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::{ReceiptError, form};
use crate::{RequestId, deploy::Record, tofu::SCRATCH};

/// The folder of records. It need not be there yet.
#[derive(Debug, Clone)]
pub struct Receipts {
    folder: PathBuf,
}

/// The right to deploy, as long as it lives.
#[derive(Debug)]
pub struct Hold {
    _lock: File,
}

impl Receipts {
    /// The records in a folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Takes the right to deploy. Makes the folder, for nobody else to look into.
    ///
    /// # Errors
    /// [`ReceiptError::Busy`] when another process has it, and when the disk refuses.
    pub fn hold(&self) -> Result<Hold, ReceiptError> {
        let folder = &self.folder;
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| ReceiptError::Io { verb: "make", path: folder.clone(), source })?;
        let path = folder.join("lock");
        let failed = |source| ReceiptError::Io { verb: "lock", path: path.clone(), source };
        let lock = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {
                self.sweep();
                Ok(Hold { _lock: lock })
            }
            Err(TryLockError::WouldBlock) => Err(ReceiptError::Busy { path: folder.clone() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Removes what runs that were killed left behind: plans and variables. It is no loss if that fails.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().map_while(Result::ok) {
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(SCRATCH))
                && entry.path().is_dir()
            {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The record of a request, if there is one.
    ///
    /// # Errors
    /// [`ReceiptError`] when it is there and cannot be read.
    pub fn find(&self, request: &RequestId) -> Result<Option<Record>, ReceiptError> {
        let path = self.path(request);
        match fs::read(&path) {
            Ok(bytes) => form::read(&bytes).map(Some).map_err(|source| ReceiptError::Form { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ReceiptError::Io { verb: "read", path, source }),
        }
    }

    /// Saves a record: it is on the disk as a whole, or the one before still is.
    ///
    /// # Errors
    /// [`ReceiptError`] when the disk refuses.
    pub fn save(&self, record: &Record) -> Result<(), ReceiptError> {
        let path = self.path(&record.request);
        let text = form::write(record).map_err(|source| ReceiptError::Form { path: path.clone(), source })?;
        self.replace(&path, &text).map_err(|source| ReceiptError::Io { verb: "write", path, source })
    }

    fn replace(&self, path: &Path, text: &[u8]) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(".receipt-")
            .permissions(fs::Permissions::from_mode(0o600))
            .tempfile_in(&self.folder)?;
        file.write_all(text)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        File::open(&self.folder)?.sync_all()
    }

    fn path(&self, request: &RequestId) -> PathBuf {
        self.folder.join(format!("{request}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Target;

    #[test]
    fn one_process_deploys_at_a_time_and_finds_what_it_saved() {
        let folder = tempfile::tempdir().unwrap();
        let receipts = Receipts::in_folder(&folder.path().join("a/b"));
        let request = RequestId::parse("r-1").unwrap();
        assert_eq!(receipts.find(&request).unwrap(), None);
        let hold = receipts.hold().unwrap();
        assert!(matches!(receipts.hold(), Err(ReceiptError::Busy { .. })));
        let record = Record { request: request.clone(), target: Target::All, hosts: Vec::new() };
        receipts.save(&record).unwrap();
        assert_eq!(receipts.find(&request).unwrap(), Some(record));
        drop(hold);
        fs::create_dir(folder.path().join("a/b/run-x")).unwrap();
        receipts.hold().unwrap();
        assert!(!folder.path().join("a/b/run-x").exists());
        let mode = fs::metadata(folder.path().join("a/b/r-1.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
