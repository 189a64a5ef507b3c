//! What can go wrong at GitHub.

use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::KeyError;

/// A call that failed. `tried` says which, as in "mint a token". Texts of GitHub are cut short; no variant holds a key, a
/// JWT or a token.
#[derive(Debug, Error)]
pub enum GithubError {
    /// The JWT could not be made.
    #[error("failed to {tried}: no JWT could be made")]
    Key {
        /// What was tried.
        tried: &'static str,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// GitHub cannot be reached, or did not answer in time. The call may have had its effect all the same.
    #[error("failed to {tried}: GitHub cannot be reached")]
    Transport {
        /// What was tried.
        tried: &'static str,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The credential is not accepted (401): a wrong key or App, a token that is over, or a clock that is wrong.
    #[error("failed to {tried}: GitHub does not accept the credential: {message}")]
    Unauthorized {
        /// What was tried.
        tried: &'static str,
        /// GitHub's words.
        message: String,
    },
    /// It is not allowed (403).
    #[error("failed to {tried}: GitHub forbids it: {message}")]
    Forbidden {
        /// What was tried.
        tried: &'static str,
        /// GitHub's words.
        message: String,
    },
    /// There is no such thing (404), or it is not for whoever asks to know.
    #[error("failed to {tried}: GitHub knows no such thing, or does not show it to whoever asks")]
    NotFound {
        /// What was tried.
        tried: &'static str,
    },
    /// What was asked for cannot be had (422): a repository or a permission that the installation does not have.
    #[error("failed to {tried}: GitHub refuses it: {message}")]
    Refused {
        /// What was tried.
        tried: &'static str,
        /// GitHub's words.
        message: String,
    },
    /// Too many calls (429, or 403 with a limit).
    #[error("failed to {tried}: GitHub wants fewer calls")]
    Limited {
        /// What was tried.
        tried: &'static str,
        /// How long to wait, if it was said.
        retry_after: Option<Duration>,
    },
    /// GitHub is in trouble (5xx). The call may have had its effect all the same.
    #[error("failed to {tried}: GitHub answered with status {status}")]
    Unavailable {
        /// What was tried.
        tried: &'static str,
        /// The status.
        status: u16,
    },
    /// A status that this call does not have, such as a redirect, which is not followed.
    #[error("failed to {tried}: GitHub answered with the unexpected status {status}")]
    Unexpected {
        /// What was tried.
        tried: &'static str,
        /// The status.
        status: u16,
    },
    /// The answer makes no sense, or is too large.
    #[error("failed to {tried}: the answer of GitHub is not understood")]
    Malformed {
        /// What was tried.
        tried: &'static str,
    },
    /// The token that came is good for more than what was asked for. It was thrown away.
    #[error("failed to {tried}: the token would be good for more than was asked: {what}")]
    TooBroad {
        /// What was tried.
        tried: &'static str,
        /// What was not asked for.
        what: String,
    },
    /// The token that came is over already: one of the two clocks is wrong.
    #[error("failed to {tried}: the token was good until {expires_at:.0}, which is over")]
    Expired {
        /// What was tried.
        tried: &'static str,
        /// When it ended.
        expires_at: Timestamp,
    },
}

impl GithubError {
    /// Whether the same call may go well later without anybody changing anything.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Transport { .. } | Self::Limited { .. } | Self::Unavailable { .. } => true,
            Self::Key { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Refused { .. }
            | Self::Unexpected { .. }
            | Self::Malformed { .. }
            | Self::TooBroad { .. }
            | Self::Expired { .. } => false,
        }
    }

    /// How long GitHub wants to be left alone, if it said so.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Limited { retry_after, .. } => *retry_after,
            Self::Key { .. }
            | Self::Transport { .. }
            | Self::Unauthorized { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::Refused { .. }
            | Self::Unavailable { .. }
            | Self::Unexpected { .. }
            | Self::Malformed { .. }
            | Self::TooBroad { .. }
            | Self::Expired { .. } => None,
        }
    }
}
