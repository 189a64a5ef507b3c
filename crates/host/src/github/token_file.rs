//! A token for those who use it.

use std::{
    io,
    path::{Path, PathBuf},
};

use clawlets_model::Secret;
use thiserror::Error;

use super::EnvFile;

/// Why there is no token.
#[derive(Debug, Error)]
pub enum NoToken {
    /// The file cannot be read.
    #[error("failed to read the token from {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is no such file, or no token in it.
    #[error("{} holds no token", .0.display())]
    Missing(PathBuf),
}

/// The token that is given, or the one in the file.
///
/// # Errors
/// [`NoToken`].
pub fn read_token(given: Option<&Secret<String>>, file: &Path) -> Result<Secret<String>, NoToken> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let read = EnvFile::read(file);
    let read = read.map_err(|source| NoToken::Unreadable { path: file.to_owned(), source })?;
    read.map(|found| found.token).ok_or_else(|| NoToken::Missing(file.to_owned()))
}
