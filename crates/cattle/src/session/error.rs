//! What can go wrong with the orchestrator.

use thiserror::Error;

/// What went wrong with one call to the orchestrator.
#[derive(Debug, Error)]
pub enum SessionError {
    /// There was no answer, or not all of it.
    #[error("failed to {action}")]
    Unreachable {
        /// What was tried.
        action: &'static str,
        /// Whether the request may have arrived all the same.
        delivery: Delivery,
        /// What went wrong.
        #[source]
        source: Box<ureq::Error>,
    },
    /// It cannot answer now.
    #[error("failed to {action}: the orchestrator answered {status}")]
    Unavailable {
        /// What was tried.
        action: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The token or the session is not, or no longer, valid.
    #[error("failed to {action}: the orchestrator does not know this machine any more ({status})")]
    Over {
        /// What was tried.
        action: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// It will not do this, now or later.
    #[error("failed to {action}: the orchestrator refused it with {status}: {message}")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// The HTTP status.
        status: u16,
        /// Its words, shortened.
        message: String,
    },
    /// The answer makes no sense.
    #[error("failed to {action}: the answer makes no sense")]
    Malformed {
        /// What was tried.
        action: &'static str,
    },
    /// It took longer than it may.
    #[error("failed to {action} in time")]
    TooLate {
        /// What was tried.
        action: &'static str,
    },
}

/// Whether a request without an answer may have arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// No connection came about.
    Impossible,
    /// It may have been read and obeyed.
    Possible,
}

impl SessionError {
    /// Whether the same call may work later.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Unavailable { .. } => true,
            Self::Over { .. } | Self::Refused { .. } | Self::Malformed { .. } | Self::TooLate { .. } => false,
        }
    }

    pub(crate) fn unreachable(action: &'static str, source: ureq::Error) -> Self {
        use std::io::ErrorKind::{
            AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkDown, NetworkUnreachable,
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "neither enum is ours, and both may grow")]
        let delivery = match &source {
            ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => Delivery::Impossible,
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => Delivery::Impossible,
            ureq::Error::Io(error) => match error.kind() {
                ConnectionRefused | HostUnreachable | NetworkUnreachable | NetworkDown | AddrNotAvailable => {
                    Delivery::Impossible
                }
                _ => Delivery::Possible,
            },
            _ => Delivery::Possible,
        };
        Self::Unreachable { action, delivery, source: Box::new(source) }
    }
}
