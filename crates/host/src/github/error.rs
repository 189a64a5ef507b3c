//! Why there is no new token.

use std::{io, path::PathBuf};

use clawlets_github::GithubError;
use thiserror::Error;

use super::AccessError;

/// Why there is no new token. The one that was there before is untouched.
#[derive(Debug, Error)]
pub enum MintError {
    /// Somebody else makes one, and takes too long.
    #[error("somebody else is making the token in {} and does not end", .0.display())]
    Busy(PathBuf),
    /// There is no access.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// GitHub gives none.
    #[error(transparent)]
    Github(#[from] GithubError),
    /// The file cannot be read or written.
    #[error("failed to {tried} {}", path.display())]
    Io {
        /// What was tried.
        tried: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}
