//! Why work cannot be begun.

use std::{io, path::PathBuf};

use clawlets_model::document::DocumentError;
use thiserror::Error;

/// Why work cannot be begun.
#[derive(Debug, Error)]
pub enum WorkError {
    /// The archive is broken.
    #[error("failed to read the work archive")]
    Archive(#[source] io::Error),
    /// The archive holds something that does not belong there.
    #[error("the work archive holds {entry:?}, which {why}")]
    Entry {
        /// The name, as far as it can be shown.
        entry: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A part is missing.
    #[error("the work archive holds no {0}")]
    Missing(&'static str),
    /// A part makes no sense.
    #[error("{part} in the work archive is invalid")]
    Invalid {
        /// Its name.
        part: &'static str,
        /// What is wrong with it.
        #[source]
        source: DocumentError,
    },
    /// A file cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}
