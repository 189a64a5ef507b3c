//! What can go wrong with git.

use std::io;

/// Why git could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It could not be run.
    #[error("failed to run git")]
    Start(#[source] io::Error),
    /// It refused.
    #[error("git {verb} failed: {said}")]
    Failed {
        /// What was asked of it.
        verb: String,
        /// What it wrote to standard error.
        said: String,
    },
    /// It answered in an unknown way.
    #[error("git {verb} answered in an unknown way")]
    Answer {
        /// What was asked of it.
        verb: &'static str,
    },
    /// What git tells a pre-push hook is not what it promises to tell.
    #[error("line {line} of the refs to push is not 'ref id ref id'")]
    Refs {
        /// The line, from 1.
        line: usize,
    },
}
