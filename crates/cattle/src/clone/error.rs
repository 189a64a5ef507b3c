//! Why a copy cannot become somebody, or cannot forget.

use std::io;

use clawlets_model::claim::ClaimError;
use thiserror::Error;

/// Why a copy cannot become somebody, or cannot forget. Each ends the machine: a copy that went on could be the double of
/// another.
#[derive(Debug, Error)]
pub enum CloneError {
    /// Only the first process of a machine may do this.
    #[error("this is not the first process of a machine")]
    NotFirst,
    /// The claim port cannot be found, read or written.
    #[error("failed to {action} the claim port")]
    Port {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What came through the port is not a claim.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The system refuses a part of the identity.
    #[error("failed to {action}")]
    System {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A name of a rehearsal is left.
    #[error(transparent)]
    Name(#[from] crate::names::NameError),
    /// The file systems cannot be mounted anew.
    #[error(transparent)]
    Init(#[from] crate::init::InitError),
    /// A process of a rehearsal outlives it.
    #[error("a process of the rehearsal lives on")]
    LivesOn,
}

impl CloneError {
    pub(super) fn port(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Port { action, source }
    }

    pub(super) fn system(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::System { action, source }
    }
}
