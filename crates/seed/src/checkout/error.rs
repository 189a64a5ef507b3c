//! What can go wrong with a copy.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::{git::GitError, snapshot::SnapshotError};

/// Why copies cannot be worked on, or one of them is not what it should be.
#[derive(Debug, Error)]
pub enum CheckoutError {
    /// Somebody else works on the copies.
    #[error("somebody else is working on the copies in {}", .0.display())]
    Busy(PathBuf),
    /// A file or folder cannot be read or written.
    #[error("failed to {tried} {}", path.display())]
    Io {
        /// What was tried.
        tried: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The snapshot cannot be used.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}
