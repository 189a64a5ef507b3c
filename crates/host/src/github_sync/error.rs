//! Why a sync cannot be done.

use std::{io, path::PathBuf};

use clawlets_github::{GithubError, InvalidOwner, InvalidRepository};
use thiserror::Error;

/// Why a sync cannot be done. A single repository that cannot be read is no such reason.
#[derive(Debug, Error)]
pub enum SyncError {
    /// Nothing is named that could be synced.
    #[error("neither an organisation nor a repository is named")]
    Nothing,
    /// A repository is named without its owner, and no organisation is.
    #[error("repository {0:?} has no owner: expected owner/name, or an organisation beside it")]
    NoOwner(String),
    /// What is named is no organisation.
    #[error(transparent)]
    Owner(#[from] InvalidOwner),
    /// What is named is no repository.
    #[error(transparent)]
    Repository(#[from] InvalidRepository),
    /// The repositories of the organisation are not known, and never were.
    #[error("the repositories of {0} cannot be listed")]
    List(String, #[source] GithubError),
    /// Another sync runs.
    #[error("another sync is at work in {}", .0.display())]
    Busy(PathBuf),
    /// What was read before cannot be read or written.
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
}

/// The error of a file or folder.
pub(super) fn io<'a>(tried: &'static str, path: &'a std::path::Path) -> impl Fn(io::Error) -> SyncError + 'a {
    move |source| SyncError::Io { tried, path: path.to_owned(), source }
}
