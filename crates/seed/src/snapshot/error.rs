//! What is wrong with a snapshot.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::repos::RepoName;

/// Why a snapshot cannot be built or used.
#[derive(Debug, Error)]
pub enum SnapshotError {
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
    /// It is cut off or damaged.
    #[error("failed to read the snapshot {}", path.display())]
    Damaged {
        /// The snapshot.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It holds what no snapshot may hold. Nothing of it is used.
    #[error("the snapshot {} is refused: {entry:?} {why}", path.display())]
    Refused {
        /// The snapshot.
        path: PathBuf,
        /// The entry, cut short.
        entry: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It is larger than any that is expected.
    #[error("the snapshot {} is refused: it holds more than {limit} {what}", path.display())]
    TooLarge {
        /// The snapshot.
        path: PathBuf,
        /// How much it may hold.
        limit: u64,
        /// Of what.
        what: &'static str,
    },
    /// A folder that was to be packed is no repository of its own.
    #[error("{name} cannot be packed: {why}")]
    Unfit {
        /// Its name.
        name: RepoName,
        /// Why.
        why: &'static str,
    },
}
