//! What can be wrong with records.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::RequestId;

/// A record that cannot be kept, or not be gone on with.
#[derive(Debug, Error)]
pub enum ReceiptError {
    /// The disk refuses.
    #[error("failed to {verb} {}", path.display())]
    Io {
        /// What was tried.
        verb: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It is not a record.
    #[error("{} is no record of a deploy", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Another process deploys.
    #[error("another process deploys from {}", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The same request asked for something else before.
    #[error("request {request} was for {before}")]
    Conflict {
        /// The request.
        request: RequestId,
        /// What it was for, in words.
        before: String,
    },
}
