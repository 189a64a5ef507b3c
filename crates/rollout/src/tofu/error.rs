//! What can go wrong with the program.

use std::{io, path::PathBuf, process::ExitStatus};

use thiserror::Error;

/// OpenTofu did not do what it was asked.
#[derive(Debug, Error)]
pub enum TofuError {
    /// It cannot be started.
    #[error("failed to run {}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A file that it reads or writes cannot be made.
    #[error("failed to write what {verb} reads")]
    Files {
        /// The verb.
        verb: &'static str,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It failed.
    #[error("{verb} failed: {said}")]
    Failed {
        /// The verb.
        verb: &'static str,
        /// What it said, from its first error on, at most 4 KiB.
        said: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// Another process has the state.
    #[error("{verb} failed, since another process holds the state: {said}")]
    Locked {
        /// The verb.
        verb: &'static str,
        /// What it said.
        said: String,
    },
    /// It was told to end early, and did.
    #[error("{verb} was interrupted")]
    Interrupted {
        /// The verb.
        verb: &'static str,
    },
    /// What it printed is not what it should be.
    #[error("{verb} printed something unexpected")]
    Unexpected {
        /// The verb.
        verb: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}
