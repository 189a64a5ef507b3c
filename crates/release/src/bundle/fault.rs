//! What a bundle must not hold.

use thiserror::Error;

/// Why a bundle is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BundleFault {
    /// More bytes than a bundle may have.
    #[error("the bundle has more than {limit} bytes")]
    TooLarge {
        /// How many it may have.
        limit: usize,
    },
    /// Its content has more bytes than that may have.
    #[error("the bundle unpacks to more than {limit} bytes")]
    UnpacksTooLarge {
        /// How many it may have.
        limit: usize,
    },
    /// No gzip frame, a damaged one, or something behind it.
    #[error("the bundle is not one gzip frame: {0}")]
    Frame(&'static str),
    /// No tar archive, or a damaged one.
    #[error("the archive is damaged: {0}")]
    Archive(&'static str),
    /// More files than there may be.
    #[error("the archive has more than {limit} entries")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
    /// Something else than a regular file.
    #[error("{name:?} is {kind}, and only regular files are allowed")]
    Kind {
        /// What it is called.
        name: String,
        /// What it is.
        kind: &'static str,
    },
    /// A name that is not that of a secret's file.
    #[error(
        "{name:?} is no name for a secret's file: expected letters, digits, dashes and underscores, and '.yaml'"
    )]
    Name {
        /// The name, cut to 80 characters.
        name: String,
    },
    /// A name that stands there twice.
    #[error("{name:?} is there twice")]
    Twice {
        /// The name.
        name: String,
    },
}
