//! What can be wrong with the records.

use std::{io, path::PathBuf};

use clawlets_release::{document::DocumentFault, trust::SeenConflict};
use thiserror::Error;

/// Why the records cannot be used.
#[derive(Debug, Error)]
pub enum RecordsError {
    /// Another updater runs.
    #[error("another updater runs on this host")]
    Busy,
    /// A file cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The state is of a newer program.
    #[error("{} was written by a newer program", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<DocumentFault>,
    },
    /// The two records of the highest release contradict each other.
    #[error("the records of the highest release that this host has seen contradict each other")]
    Floor(#[source] Box<SeenConflict>),
    /// Which system runs or boots cannot be said.
    #[error("{} does not lead to a system", path.display())]
    NoSystem {
        /// The link.
        path: PathBuf,
    },
}
