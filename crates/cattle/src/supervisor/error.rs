//! Why a life ends without a report.

use std::io;

use clawlets_model::ExitCode;
use thiserror::Error;

use crate::{
    boot::BootError,
    names::NameError,
    session::{BaseUrlError, SessionError},
};

/// Why a life ends without a report.
#[derive(Debug, Error)]
pub enum LifeError {
    /// The machine does not learn who it is.
    #[error("failed to learn who this machine is")]
    Boot(#[source] BootError),
    /// It was sent to somebody who is not worth its token.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// The conversation with the orchestrator failed for good.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The session ended while the task ran: nobody wants its result.
    #[error("the session is over")]
    SessionOver,
    /// It does not get the name that it should have.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The system gives no thread, no random bytes or the like.
    #[error("failed to {action}")]
    System {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl LifeError {
    pub(super) fn system(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { action, source }
    }

    /// The exit code of a program whose life ended so.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        match self {
            Self::Boot(_) => ExitCode::ConfigInvalid,
            Self::BaseUrl(_) | Self::SessionOver => ExitCode::Refused,
            Self::Session(SessionError::Over { .. } | SessionError::Refused { .. }) => ExitCode::Refused,
            Self::Session(
                SessionError::Unreachable { .. }
                | SessionError::Unavailable { .. }
                | SessionError::Malformed { .. }
                | SessionError::TooLate { .. },
            ) => ExitCode::Unreachable,
            Self::Name(_) | Self::System { .. } => ExitCode::Failed,
        }
    }
}
