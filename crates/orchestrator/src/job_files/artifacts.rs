//! The content of the files that tasks leave, named by hash within a folder for each job. Which names they go by is in
//! the store.

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use clawlets_model::JobId;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{
    error::FileError,
    snapshots::{job_names, private_folder, remove_file, sync_folder},
};

/// The content of the files that tasks leave.
#[derive(Debug, Clone)]
pub(crate) struct Artifacts(PathBuf);

/// A file that is being received.
#[derive(Debug)]
pub(crate) struct Incoming {
    folder: PathBuf,
    file: NamedTempFile,
    hash: Sha256,
    size: u64,
}

impl Artifacts {
    /// The artifacts in `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be made.
    pub(crate) fn open(folder: &Path) -> Result<Self, FileError> {
        private_folder(folder)?;
        Ok(Self(folder.to_owned()))
    }

    fn folder(&self, job: JobId) -> PathBuf {
        self.0.join(job.to_string())
    }

    /// Begins to receive a file of a job. What is not kept is deleted when it is dropped.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn receive(&self, job: JobId) -> Result<Incoming, FileError> {
        let folder = self.folder(job);
        private_folder(&folder)?;
        let file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(&folder)
            .map_err(FileError::when("create a file in", &folder))?;
        Ok(Incoming { folder, file, hash: Sha256::new(), size: 0 })
    }

    /// Opens the content with this hash.
    ///
    /// # Errors
    /// [`FileError`] when it is not there or cannot be read.
    pub(crate) fn read(&self, job: JobId, sha256: &str) -> Result<File, FileError> {
        let path = self.folder(job).join(sha256);
        File::open(&path).map_err(FileError::when("open artifact", &path))
    }

    /// Deletes every file of a job.
    ///
    /// # Errors
    /// [`FileError`]; files that are not there are not an error.
    pub(crate) fn remove(&self, job: JobId) -> Result<(), FileError> {
        let folder = self.folder(job);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(FileError { action: "delete folder", path: folder, source: error })
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// The jobs that have a folder.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be read.
    pub(crate) fn jobs(&self) -> Result<Vec<JobId>, FileError> {
        job_names(&self.0, "")
    }

    /// Deletes what a crash left half received.
    ///
    /// # Errors
    /// [`FileError`] for the first file that cannot be looked at or deleted.
    pub(crate) fn drop_half_received(&self) -> Result<(), FileError> {
        for job in self.jobs()? {
            let folder = self.folder(job);
            for entry in fs::read_dir(&folder).map_err(FileError::when("read folder", &folder))? {
                let entry = entry.map_err(FileError::when("read folder", &folder))?;
                if entry.file_name().to_string_lossy().starts_with(".new-") {
                    remove_file(&entry.path())?;
                }
            }
        }
        Ok(())
    }
}

impl Incoming {
    /// Takes the next piece. Blocks on the disk.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn write(&mut self, piece: &[u8]) -> Result<(), FileError> {
        self.hash.update(piece);
        self.size += piece.len() as u64;
        self.file.write_all(piece).map_err(FileError::when("write", self.file.path()))
    }

    /// How much has been received, in bytes.
    #[must_use]
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    /// The SHA-256 of what has been received, in hex.
    #[must_use]
    pub(crate) fn sha256(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }

    /// Keeps the file under its hash; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn keep(self) -> Result<(), FileError> {
        let path = self.folder.join(self.sha256());
        self.file.as_file().sync_all().map_err(FileError::when("flush", &path))?;
        self.file.persist(&path).map_err(|error| FileError::when("write", &path)(error.error))?;
        sync_folder(&self.folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn a_file_is_kept_under_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::open(folder.path()).unwrap();
        let job = JobId::from_parts(1, 1);
        let mut incoming = artifacts.receive(job).unwrap();
        incoming.write(b"hello ").unwrap();
        incoming.write(b"world").unwrap();
        let sha256 = incoming.sha256();
        assert_eq!(
            (incoming.size(), sha256.as_str()),
            (11, "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9")
        );
        incoming.keep().unwrap();
        let mut text = String::new();
        artifacts.read(job, &sha256).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello world");
        assert_eq!(artifacts.jobs().unwrap(), [job]);
        artifacts.remove(job).unwrap();
        assert!(artifacts.jobs().unwrap().is_empty());
    }

    #[test]
    fn what_was_not_received_whole_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = Artifacts::open(folder.path()).unwrap();
        let job = JobId::from_parts(1, 1);
        let mut dropped = artifacts.receive(job).unwrap();
        dropped.write(b"half").unwrap();
        drop(dropped);
        let crashed = artifacts.receive(job).unwrap();
        let (_, path) = crashed.file.keep().unwrap();
        artifacts.drop_half_received().unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read_dir(artifacts.folder(job)).unwrap().count(), 0);
    }
}
