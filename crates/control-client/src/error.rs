//! What can go wrong on the way.

use clawlets_model::control::ErrorAnswer;
use thiserror::Error;

/// A request that failed. No variant holds a token.
#[derive(Debug, Error)]
pub enum ControlError {
    /// Nobody answers there.
    #[error("failed to reach the control API")]
    Unreachable(#[source] reqwest::Error),
    /// It did not answer in time. A deploy may have begun all the same: the same idempotency key finds out.
    #[error("failed to get an answer of the control API in time")]
    Silent(#[source] reqwest::Error),
    /// It refused, or failed.
    #[error("{}", .answer.error)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        answer: ErrorAnswer,
    },
    /// What came is no answer of a control API.
    #[error("failed to understand the answer with status {status}: is this the control API?")]
    NotUnderstood {
        /// The HTTP status.
        status: u16,
    },
}

/// The HTTP client cannot be set up, which no input can bring about.
#[derive(Debug, Error)]
pub enum SetupError {
    /// TLS.
    #[error("failed to set up TLS")]
    Tls(#[from] rustls::Error),
    /// HTTP.
    #[error("failed to set up the client of the control API")]
    Http(#[source] reqwest::Error),
}
