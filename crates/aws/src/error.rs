//! What can go wrong between the product and AWS, by meaning.

use std::{error::Error, io, path::PathBuf, time::Duration};

use clawlets_upstream::InvalidBaseUrl;
use thiserror::Error;

use crate::CredentialsError;

/// Why a client cannot be set up.
#[derive(Debug, Error)]
pub enum SetupError {
    /// TLS cannot be set up.
    #[error("failed to set up TLS for AWS")]
    Tls(#[source] rustls::Error),
    /// The HTTP client cannot be set up.
    #[error("failed to set up the HTTP client for AWS")]
    Client(#[source] reqwest::Error),
    /// The endpoint cannot be used.
    #[error("the endpoint cannot be used")]
    Endpoint(#[source] InvalidBaseUrl),
}

/// A call that failed.
///
/// `tried` names what was tried, as in "read s3://fleet/bootstrap/web-1/manifest.json". Texts of the provider are cut
/// short and scrubbed of credentials; where they may quote the signature of a request, they are left out. Nothing here
/// holds the body of an answer.
#[derive(Debug, Error)]
pub enum AwsError {
    /// There are no credentials to sign with.
    #[error("failed to {tried}: there are no credentials")]
    Credentials {
        /// What was tried.
        tried: String,
        /// Why not.
        #[source]
        source: Box<CredentialsError>,
    },
    /// The credentials are not accepted, or may not do this (401 and 403).
    #[error("failed to {tried}: AWS does not allow it ({code})")]
    Denied {
        /// What was tried.
        tried: String,
        /// The provider's word for programs.
        code: String,
    },
    /// There is no such thing.
    #[error("failed to {tried}: there is no such thing ({code})")]
    NotFound {
        /// What was tried.
        tried: String,
        /// The provider's word for programs.
        code: String,
    },
    /// Too many requests, for longer than the call may take.
    #[error("failed to {tried}: too many requests to AWS ({code})")]
    Throttled {
        /// What was tried.
        tried: String,
        /// The provider's word for programs.
        code: String,
    },
    /// The request is refused (another 4xx).
    #[error("failed to {tried}: AWS refused with status {status} ({code}): {message}")]
    Refused {
        /// What was tried.
        tried: String,
        /// The status of the answer.
        status: u16,
        /// The provider's word for programs; empty when there was none.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// The answer leads elsewhere (3xx). It is not followed: the request is signed.
    #[error("failed to {tried}: AWS answers with a redirect (status {status}); is the region right?")]
    Redirected {
        /// What was tried.
        tried: String,
        /// The status of the answer.
        status: u16,
    },
    /// The provider failed (5xx).
    #[error("failed to {tried}: AWS failed with status {status} ({code})")]
    Server {
        /// What was tried.
        tried: String,
        /// The status of the answer.
        status: u16,
        /// The provider's word for programs; empty when there was none.
        code: String,
    },
    /// No answer in time.
    #[error("failed to {tried}: no answer within {after:?}")]
    Timeout {
        /// What was tried.
        tried: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// No connection was made, so nothing was sent.
    #[error("failed to {tried}: AWS cannot be reached")]
    Unreachable {
        /// What was tried.
        tried: String,
        /// Why not.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The connection was lost after the request had begun.
    #[error("failed to {tried}: the connection was lost")]
    Transport {
        /// What was tried.
        tried: String,
        /// How.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer makes no sense: not XML or JSON, cut short, or not what was asked for.
    #[error("failed to {tried}: the answer is not understood: {why}")]
    Malformed {
        /// What was tried.
        tried: String,
        /// What is wrong with it.
        why: String,
    },
    /// The answer is larger than it may be.
    #[error("failed to {tried}: the answer has more than {limit} bytes")]
    TooLarge {
        /// What was tried.
        tried: String,
        /// How many it may have.
        limit: u64,
    },
    /// The bytes are not those that the provider announced.
    #[error("failed to {tried}: the bytes that came are not those that were stored")]
    Corrupt {
        /// What was tried.
        tried: String,
    },
    /// A file of this machine cannot be read or written.
    #[error("failed to {tried}: {} cannot be used", path.display())]
    File {
        /// What was tried.
        tried: String,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl AwsError {
    /// Whether there is no such thing.
    #[must_use]
    pub const fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether the same call may well succeed later, without any change to it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Throttled { .. }
            | Self::Server { .. }
            | Self::Timeout { .. }
            | Self::Unreachable { .. }
            | Self::Transport { .. }
            | Self::Malformed { .. }
            | Self::Corrupt { .. } => true,
            Self::Credentials { source, .. } => source.is_retryable(),
            Self::Denied { .. }
            | Self::NotFound { .. }
            | Self::Refused { .. }
            | Self::Redirected { .. }
            | Self::TooLarge { .. }
            | Self::File { .. } => false,
        }
    }

    /// Whether the effect that was asked for may have happened all the same. Then the only way to know is to look.
    #[must_use]
    pub const fn maybe_accepted(&self) -> bool {
        matches!(
            self,
            Self::Server { .. } | Self::Timeout { .. } | Self::Transport { .. } | Self::Malformed { .. }
        )
    }

    /// The provider's word for programs, if it said one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Denied { code, .. }
            | Self::NotFound { code, .. }
            | Self::Throttled { code, .. }
            | Self::Refused { code, .. }
            | Self::Server { code, .. } => Some(code),
            Self::Credentials { .. }
            | Self::Redirected { .. }
            | Self::Timeout { .. }
            | Self::Unreachable { .. }
            | Self::Transport { .. }
            | Self::Malformed { .. }
            | Self::TooLarge { .. }
            | Self::Corrupt { .. }
            | Self::File { .. } => None,
        }
    }
}
