//! What can be wrong with the configuration.

use std::{io, path::PathBuf};

use thiserror::Error;

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
    /// A key or a value is wrong.
    #[error("{}{}: {message}", path.display(), place(*line, key))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The line, from 1, where it is known.
        line: Option<usize>,
        /// The key, where it is known.
        key: String,
        /// What is wrong.
        message: String,
        /// The known key that was probably meant.
        suggestion: Option<String>,
    },
    /// A value is missing or wrong that only updates need.
    #[error("{key}: {message}")]
    Updates {
        /// The key.
        key: &'static str,
        /// What is wrong.
        message: String,
    },
}

fn place(line: Option<usize>, key: &str) -> String {
    let line = line.map(|line| format!(", line {line}")).unwrap_or_default();
    if key.is_empty() || key == "." { line } else { format!("{line}, {key}") }
}
