//! A secret: given as a value, or in a file that is read each time.

use std::{fs, io, path::PathBuf};

use clawlets_model::Secret;
use thiserror::Error;

/// The longest secret, in bytes.
const LONGEST: u64 = 64 * 1024;

/// Where a secret is.
#[derive(Debug, Clone)]
pub enum SecretSource {
    /// It was given.
    Value(Secret<String>),
    /// It is the content of a file, without white space around it. A new content is used from then on.
    File(PathBuf),
}

/// Why a secret cannot be had. The content is never quoted.
#[derive(Debug, Error)]
pub enum SecretSourceError {
    /// The file cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// There is nothing in it, or too much.
    #[error("{} is empty, or longer than 64 KiB", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
    },
}

impl SecretSource {
    /// The secret.
    ///
    /// # Errors
    /// [`SecretSourceError`].
    pub fn read(&self) -> Result<Secret<String>, SecretSourceError> {
        let path = match self {
            Self::Value(value) => return Ok(value.clone()),
            Self::File(path) => path,
        };
        let failed = |source| SecretSourceError::Read { path: path.clone(), source };
        let found = fs::metadata(path).map_err(failed)?;
        if !found.is_file() || found.len() > LONGEST {
            return Err(SecretSourceError::Unfit { path: path.clone() });
        }
        let content = Secret::from(fs::read_to_string(path).map_err(failed)?);
        match content.expose().trim() {
            "" => Err(SecretSourceError::Unfit { path: path.clone() }),
            value => Ok(Secret::from(value)),
        }
    }
}
