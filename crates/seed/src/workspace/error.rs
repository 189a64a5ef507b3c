//! What can go wrong with a workspace.

use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a workspace cannot be seeded.
#[derive(Debug, Error)]
pub enum WorkspaceError {
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
    /// What the fleet gives holds something that no workspace gets.
    #[error("{} cannot be given to a bot: {why}", path.display())]
    Source {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        why: &'static str,
    },
    /// The record of what was given is damaged.
    #[error("the record {} is damaged: without it nobody knows which files are the bot's own", path.display())]
    Record {
        /// The record.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// The error of a file or folder.
pub(super) fn io<'a>(
    tried: &'static str,
    path: &'a std::path::Path,
) -> impl Fn(io::Error) -> WorkspaceError + 'a {
    move |source| WorkspaceError::Io { tried, path: path.to_owned(), source }
}
