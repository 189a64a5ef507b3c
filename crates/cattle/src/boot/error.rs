//! Why a machine does not learn who it is.

use std::{io, path::PathBuf};

use clawlets_model::boot::UserDataError;
use thiserror::Error;

/// Why a machine does not learn who it is.
#[derive(Debug, Error)]
pub enum BootError {
    /// The boot file cannot be read or removed.
    #[error("failed to {action} {}", path.display())]
    File {
        /// `read` or `remove`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The metadata service did not answer in time.
    #[error("the metadata service gave no user data: {last}")]
    NoMetadata {
        /// The last fault.
        last: String,
    },
    /// The user data did not come through the claim port.
    #[error("failed to read user data from the claim port")]
    Port {
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What was read is not what an orchestrator writes.
    #[error(transparent)]
    Malformed(#[from] UserDataError),
}
