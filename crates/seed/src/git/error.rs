//! What can go wrong with a call of git.

use std::io;

use thiserror::Error;

/// A call of git that did not end well. `tried` says which, as in "fetch site". No variant holds a token.
#[derive(Debug, Error)]
pub enum GitError {
    /// There is no git, or it cannot be run.
    #[error("failed to {tried}: git cannot be run")]
    Start {
        /// What was tried.
        tried: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It ended with a failure.
    #[error("failed to {tried}: {said}")]
    Failed {
        /// What was tried.
        tried: String,
        /// The last lines of its own words.
        said: String,
    },
    /// It did not end in time, and was killed.
    #[error("failed to {tried}: git did not end within {seconds} s")]
    TooSlow {
        /// What was tried.
        tried: String,
        /// The time that it had, in seconds.
        seconds: u64,
    },
    /// Whoever asked for it does not want it any more.
    #[error("failed to {tried}: it was interrupted")]
    Interrupted {
        /// What was tried.
        tried: String,
    },
}
