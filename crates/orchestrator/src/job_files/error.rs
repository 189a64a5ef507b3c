//! A file of a job that could not be read or written.

use std::{
    io,
    path::{Path, PathBuf},
};

use thiserror::Error;

/// A file of a job that could not be read or written.
#[derive(Debug, Error)]
#[error("failed to {action} {}", path.display())]
pub struct FileError {
    /// What was tried.
    pub action: &'static str,
    /// On which file.
    pub path: PathBuf,
    /// Why it failed.
    #[source]
    pub source: io::Error,
}

impl FileError {
    /// An adapter for `map_err`.
    pub(crate) fn when(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { action, path, source }
    }
}
