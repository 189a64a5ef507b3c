//! What jobs were resolved to when they were enqueued, where it is too large for a row of the store.

use std::{
    fs,
    io::{ErrorKind, Write},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use clawlets_model::JobId;

use super::error::FileError;

/// What jobs were resolved to when they were enqueued, where it is too large for a row.
#[derive(Debug, Clone)]
pub(crate) struct Snapshots(PathBuf);

impl Snapshots {
    /// The snapshots in `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be made.
    pub(crate) fn open(folder: &Path) -> Result<Self, FileError> {
        private_folder(folder)?;
        Ok(Self(folder.to_owned()))
    }

    fn path(&self, job: JobId) -> PathBuf {
        self.0.join(format!("{job}.json"))
    }

    /// Stores the snapshot of a job; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`FileError`].
    pub(crate) fn put(&self, job: JobId, content: &[u8]) -> Result<(), FileError> {
        let path = self.path(job);
        let failed = |source| FileError { action: "write snapshot", path: path.clone(), source };
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(&self.0).map_err(failed)?;
        file.write_all(content).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        sync_folder(&self.0)
    }

    /// Reads a snapshot back.
    ///
    /// # Errors
    /// [`FileError`] when it is not there or cannot be read.
    pub(crate) fn get(&self, job: JobId) -> Result<Vec<u8>, FileError> {
        let path = self.path(job);
        fs::read(&path).map_err(FileError::when("read snapshot", &path))
    }

    /// Deletes the snapshot of a job.
    ///
    /// # Errors
    /// [`FileError`]; a snapshot that is not there is not an error.
    pub(crate) fn remove(&self, job: JobId) -> Result<(), FileError> {
        remove_file(&self.path(job))
    }

    /// The jobs that have a snapshot.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be read.
    pub(crate) fn jobs(&self) -> Result<Vec<JobId>, FileError> {
        job_names(&self.0, ".json")
    }
}

/// Makes a folder that only the daemon's own user can enter.
pub(super) fn private_folder(path: &Path) -> Result<(), FileError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(FileError::when("make folder", path))
}

/// Deletes a file; one that is not there is fine.
pub(super) fn remove_file(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(FileError::when("delete", path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Makes a rename in a folder survive a power cut.
pub(super) fn sync_folder(path: &Path) -> Result<(), FileError> {
    fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(FileError::when("flush folder", path))
}

/// The jobs that have an entry `<job><suffix>` in a folder.
pub(super) fn job_names(folder: &Path, suffix: &str) -> Result<Vec<JobId>, FileError> {
    let mut jobs = Vec::new();
    for entry in fs::read_dir(folder).map_err(FileError::when("read folder", folder))? {
        let name = entry.map_err(FileError::when("read folder", folder))?.file_name();
        let id = name.to_str().and_then(|name| name.strip_suffix(suffix));
        jobs.extend(id.and_then(|id| JobId::parse(id).ok()));
    }
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_reads_back_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let snapshots = Snapshots::open(folder.path()).unwrap();
        let job = JobId::from_parts(1, 1);
        snapshots.put(job, b"{}").unwrap();
        assert_eq!(snapshots.get(job).unwrap(), b"{}");
        assert_eq!(snapshots.jobs().unwrap(), [job]);
        snapshots.remove(job).unwrap();
        snapshots.remove(job).unwrap();
        assert!(snapshots.get(job).is_err() && snapshots.jobs().unwrap().is_empty());
    }
}
