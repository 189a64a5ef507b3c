//! Why an instance says nothing.

use thiserror::Error;

use crate::AwsError;

/// Why an instance says nothing.
#[derive(Debug, Error)]
pub enum MetadataError {
    /// Nobody answers: this is no instance, or the service is switched off or out of reach.
    #[error("the metadata service does not answer; is this an instance of AWS?")]
    Absent(#[source] Box<AwsError>),
    /// It gives no token, so it does not speak version 2.
    #[error("the metadata service gives no token (status {status}), and version 1 is not spoken")]
    NoToken {
        /// The status of its answer.
        status: u16,
    },
    /// It refuses a question.
    #[error("the metadata service refused {path} with status {status}")]
    Refused {
        /// What was asked for.
        path: String,
        /// The status of its answer.
        status: u16,
    },
    /// The instance has no role.
    #[error("the instance has no role")]
    NoRole,
    /// The answer makes no sense.
    #[error("the metadata service's answer to {path} is not understood: {why}")]
    Malformed {
        /// What was asked for.
        path: String,
        /// What is wrong with it.
        why: String,
    },
}

impl MetadataError {
    /// Whether the same question may well be answered later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Absent(_) | Self::Malformed { .. } => true,
            // A role that was attached a moment ago is not there at once.
            Self::NoRole => true,
            Self::NoToken { status } | Self::Refused { status, .. } => *status >= 500 || *status == 429,
        }
    }
}
