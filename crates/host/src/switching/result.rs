//! How a switch ends.

use clawlets_release::update::Trouble;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is to be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) key: String,
    pub(super) argv: Vec<String>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) key: String,
    /// The exit code; none when it was killed or could not be started.
    pub(super) code: Option<i32>,
}

impl Outcome {
    pub(super) fn result(&self) -> Result<(), Trouble> {
        match self.code {
            Some(0) => Ok(()),
            Some(_) => Err(Trouble::Other),
            None => Err(Trouble::Killed),
        }
    }
}

/// Why an ordered switch could not be carried out at all.
#[derive(Debug, Error)]
pub enum SwitchError {
    /// There is no order that can be read.
    #[error("there is no order for a switch in {0}")]
    NoOrder(String),
    /// Its files cannot be used.
    #[error("failed to use the files of a switch")]
    Io(#[from] std::io::Error),
}
