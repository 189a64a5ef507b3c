//! What can go wrong in the store.

use std::{io, path::PathBuf, sync::Arc};

use clawlets_model::{ArtifactName, JobId, Requester};
use thiserror::Error;

use crate::state::{Full, Refused};

/// The store failed. Whatever was answered before stays true; what this operation wanted did not happen.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process holds the store.
    #[error("the store {} is held by {}", path.display(), holder(*pid))]
    Held {
        /// The store's file.
        path: PathBuf,
        /// The process, if it left its number.
        pid: Option<u32>,
    },
    /// Others than its owner may write to the store's folder.
    #[error("the folder {} has mode {mode:o}: others than its owner may write to it", path.display())]
    Exposed {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file or folder of the store could not be used.
    #[error("failed to {action} {}", path.display())]
    File {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: Arc<io::Error>,
    },
    /// The store was written by a newer program.
    #[error("the store has version {found}, and this program knows versions up to {known}")]
    TooNew {
        /// The version in the file.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The file is a database of something else.
    #[error("{} is not a job store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// No room is left on the disk, or the store reached its size limit.
    #[error("no room is left for the store")]
    Full(#[source] Arc<rusqlite::Error>),
    /// The file or its file system cannot be written to.
    #[error("the store is read-only")]
    ReadOnly(#[source] Arc<rusqlite::Error>),
    /// The file is damaged.
    #[error("the store is damaged")]
    Corrupt(#[source] Arc<rusqlite::Error>),
    /// A row holds something that this program cannot have written.
    #[error("the store is damaged: {what} {text:?} is not valid")]
    Malformed {
        /// What the column holds.
        what: &'static str,
        /// What was found, cut to 80 characters.
        text: String,
    },
    /// The disk failed, or SQLite did.
    #[error("failed to use the store")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

fn whose(requester: Option<&Requester>) -> String {
    requester.map_or_else(String::new, |requester| format!(" of {requester}"))
}

impl StoreError {
    /// A [`StoreError::File`] in a form that fits `map_err`.
    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source: Arc::new(source) }
    }

    /// A [`StoreError::Malformed`].
    pub(crate) fn malformed(what: &'static str, text: &str) -> Self {
        Self::Malformed { what, text: text.chars().take(80).collect() }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let code = error.sqlite_error_code();
        let source = Arc::new(error);
        match code {
            Some(ErrorCode::DiskFull) => Self::Full(source),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(source),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(source),
            Some(_) | None => Self::Sqlite(source),
        }
    }
}

/// A job was not accepted.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum EnqueueError {
    /// The idempotency key was used for something else.
    #[error("the idempotency key was used for another job: {job}")]
    Conflict {
        /// The job that it was used for.
        job: JobId,
    },
    /// Too many jobs are in the queue.
    #[error("too many jobs{} are queued ({waiting}/{limit})", whose(requester.as_ref()))]
    QueueFull {
        /// Whose jobs they are; everybody's when nobody is named.
        requester: Option<Requester>,
        /// How many wait.
        waiting: u64,
        /// How many may wait.
        limit: u64,
    },
    /// The caps leave no room for it, and it is not to wait.
    #[error("{0}")]
    NoRoom(Full),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A job could not be changed.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// There is no such job.
    #[error("there is no job {0}")]
    Unknown(JobId),
    /// The event does not fit, or comes from a worker or VM that lost the job.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An artifact was not taken.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// There is no such job.
    #[error("there is no job {0}")]
    Unknown(JobId),
    /// The job ended, or it comes from a VM that was given up.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The job has another artifact of that name.
    #[error("the artifact {0} exists with other content")]
    Exists(ArtifactName),
    /// The job has as many artifacts as it may have.
    #[error("a job may leave at most {0} artifacts")]
    TooMany(usize),
    /// Together with those that the job has it would be too large.
    #[error("the artifacts of a job may have at most {limit} bytes together, and this makes {total}")]
    TooLarge {
        /// What they would have together.
        total: u64,
        /// What they may have.
        limit: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for EnqueueError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for ApplyError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<rusqlite::Error> for ArtifactError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
