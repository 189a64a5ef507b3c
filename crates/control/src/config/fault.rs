//! What can be wrong with a configuration.

use std::{fmt, io, path::PathBuf};

use thiserror::Error;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key, such as `github.repo`; empty for the file as a whole.
    pub key: String,
    /// What is wrong and what was expected. It never quotes a secret.
    pub message: String,
}

impl Fault {
    pub(super) fn new(key: &str, message: impl fmt::Display) -> Self {
        Self { key: key.to_owned(), message: message.to_string() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.key, self.message)
        }
    }
}

/// Why there is no valid configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("failed to read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It has another form.
    #[error("{} is not valid: {message}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        message: String,
        /// The known key that was probably meant.
        suggestion: Option<String>,
    },
}
