//! What jobs leave on disk, beside the store: logs, artifacts, and snapshots that are too large for a row.
//!
//! ```text
//! <folder of the store>/logs/<job>.ndjson           one record a line, as it was received
//! <folder of the store>/artifacts/<job>/<sha256>    content, named by its hash
//! <folder of the store>/snapshots/<job>.json        what a spawn was resolved to when it was enqueued
//! ```
//! A power cut may lose the last seconds of a log that is still being written; a log is flushed to the disk before its
//! job ends, artifacts before they are acknowledged, snapshots before the job is accepted. Losing only the daemon
//! loses nothing.
//!
//! Nothing here knows what a job is beyond its id.

mod artifacts;
mod error;
mod log_file;
mod logs;
mod snapshots;

use std::path::Path;

use clawlets_model::JobId;

pub(crate) use artifacts::{Artifacts, Incoming};
pub(crate) use error::FileError;
pub(crate) use log_file::Append;
pub(crate) use logs::{LogTail, Logs};
pub(crate) use snapshots::Snapshots;

/// All of it.
#[derive(Debug, Clone)]
pub(crate) struct JobFiles {
    /// What tasks said.
    pub(crate) logs: Logs,
    /// What tasks left.
    pub(crate) artifacts: Artifacts,
    /// What spawns were resolved to.
    pub(crate) snapshots: Snapshots,
}

impl JobFiles {
    /// The files beside the store, in `folder`. What a crash left half written is deleted.
    ///
    /// # Errors
    /// [`FileError`] when a folder cannot be made or read.
    pub(crate) fn open(folder: &Path) -> Result<Self, FileError> {
        let artifacts = Artifacts::open(&folder.join("artifacts"))?;
        artifacts.drop_half_received()?;
        Ok(Self {
            logs: Logs::open(&folder.join("logs"))?,
            artifacts,
            snapshots: Snapshots::open(&folder.join("snapshots"))?,
        })
    }

    /// Deletes everything that a job left. Blocks on the disk.
    ///
    /// # Errors
    /// [`FileError`] for the first file that cannot be deleted.
    pub(crate) fn remove(&self, job: JobId) -> Result<(), FileError> {
        self.logs.remove(job)?;
        self.artifacts.remove(job)?;
        self.snapshots.remove(job)
    }

    /// Every job that left something, in no order and possibly more than once.
    ///
    /// # Errors
    /// [`FileError`] when a folder cannot be read.
    pub(crate) fn jobs(&self) -> Result<Vec<JobId>, FileError> {
        let mut jobs = self.logs.jobs()?;
        jobs.extend(self.artifacts.jobs()?);
        jobs.extend(self.snapshots.jobs()?);
        Ok(jobs)
    }
}
