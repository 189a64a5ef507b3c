//! What can be wrong with a configuration.

use std::{fmt, io, path::PathBuf};

use thiserror::Error;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The key, such as `cattle.default_ttl`; empty for the file as a whole.
    pub path: String,
    /// The line in the file, from 1; none for a value that came from the environment or is missing.
    pub line: Option<usize>,
    /// What is wrong and what was expected.
    pub message: String,
    /// The known key that was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        match &self.suggestion {
            Some(key) => write!(f, "; did you mean {key:?}?"),
            None => Ok(()),
        }
    }
}

/// Why there is no valid configuration.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file itself cannot be read.
    #[error("failed to read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file was read, and this is what is wrong with it.
    #[error("{} is not valid: {} {}", path.display(), faults.len(), if faults.len() == 1 { "fault" } else { "faults" })]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong, in the order of the file where it is known.
        faults: Vec<Fault>,
    },
}
