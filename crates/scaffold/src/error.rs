//! What can go wrong with a template.

use std::{io, path::PathBuf};

/// Why a template could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// The words do not name a source.
    #[error("'{text}' names no template: {reason}")]
    Source {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A path of the template would not stay in the target, or is not the template's to write.
    #[error("the template holds '{path}', which {reason}")]
    Path {
        /// The path as the template has it.
        path: String,
        /// Why it is refused.
        reason: &'static str,
    },
    /// The template is larger than any template should be.
    #[error("the template holds more than {limit}")]
    TooLarge {
        /// The limit, in words.
        limit: &'static str,
    },
    /// There is no such folder.
    #[error("there is no folder {0}")]
    NoFolder(String),
    /// The template holds no file.
    #[error("the template {0} holds no file")]
    Empty(String),
    /// A file or folder could not be used.
    #[error("failed to {action} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// Git could not be run.
    #[error("failed to run git")]
    GitStart(#[source] io::Error),
    /// The repository, or the ref in it, could not be had.
    #[error("failed to fetch {source_name}: {said}")]
    Fetch {
        /// The repository and its ref.
        source_name: String,
        /// The end of what git wrote.
        said: String,
    },
    /// Git refused.
    #[error("git failed to {action}: {said}")]
    Git {
        /// What was asked of it.
        action: &'static str,
        /// The end of what it wrote.
        said: String,
    },
    /// The target holds something already.
    #[error("{} is not empty: it holds '{found}'", target.display())]
    NotEmpty {
        /// The target.
        target: PathBuf,
        /// One of the things in it.
        found: String,
    },
    /// The target is not a folder.
    #[error("{} is not a folder", .0.display())]
    NotAFolder(PathBuf),
}

impl ScaffoldError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
