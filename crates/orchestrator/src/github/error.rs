//! Why a VM gets no token for GitHub.

use std::time::Duration;

use clawlets_github::{GithubError, KeyError};
use thiserror::Error;

use crate::config::SecretFileError;

/// Why a VM gets no token for GitHub. Never holds a secret.
#[derive(Debug, Error)]
pub(crate) enum NoToken {
    /// No App is configured, or none any more.
    #[error("no GitHub App is configured")]
    Unconfigured,
    /// The file with the App's key cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// It holds no key.
    #[error("the private key of the GitHub App cannot be used")]
    Key(#[from] KeyError),
    /// GitHub gives none.
    #[error(transparent)]
    Github(#[from] GithubError),
    /// GitHub wants to be left alone for a while.
    #[error("GitHub wants no calls for another {} s", .0.as_secs())]
    TooEarly(Duration),
    /// The task that was to do it was interrupted.
    #[error("minting a token was interrupted")]
    Interrupted,
}

impl NoToken {
    /// Whether it may go well later. A file may be in the middle of being replaced.
    pub(crate) const fn is_temporary(&self) -> bool {
        match self {
            Self::Unconfigured => false,
            Self::File(_) | Self::Key(_) | Self::TooEarly(_) | Self::Interrupted => true,
            Self::Github(error) => error.is_temporary(),
        }
    }
}
