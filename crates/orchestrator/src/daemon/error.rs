//! Why the daemon did not start.

use clawlets_cloud::SetupError;
use clawlets_jobs::{StoreError, state::InvalidWorkerId};
use clawlets_printer::FaultCode;
use clawlets_upstream::InvalidBaseUrl;
use thiserror::Error;

use crate::{
    config::{ConfigError, SecretFileError},
    job_files::FileError,
    relay::RelayError,
    socket::SocketError,
};

/// Why the daemon did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// Its configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A secret file cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A folder beside the store cannot be used.
    #[error(transparent)]
    Files(#[from] FileError),
    /// The provider's endpoint cannot be used.
    #[error("the provider's endpoint cannot be used")]
    Endpoint(#[from] InvalidBaseUrl),
    /// The provider's client cannot be set up.
    #[error("failed to set up the provider's client")]
    Cloud(#[from] SetupError),
    /// The client of GitHub cannot be set up.
    #[error(transparent)]
    Github(#[from] clawlets_github::SetupError),
    /// The socket cannot be listened on.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The sockets for relays cannot be listened on.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// This machine has no address on the tailnet.
    #[error(
        "this machine has no address on the tailnet; is tailscale up? or name an address in tailnet.listen"
    )]
    NoTailnet,
    /// The network cannot be used.
    #[error("failed to {action}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The metrics cannot be set up.
    #[error("failed to set up metrics")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The orchestrator's name makes no name for a worker.
    #[error(transparent)]
    Worker(#[from] InvalidWorkerId),
}

impl StartError {
    /// Its stable code, which also says how the program ends.
    #[must_use]
    pub const fn code(&self) -> FaultCode {
        match self {
            Self::Config(_) | Self::Secret(_) | Self::Endpoint(_) => FaultCode::ConfigInvalid,
            Self::Store(StoreError::Held { .. }) => FaultCode::StoreHeld,
            Self::Store(StoreError::Exposed { .. }) => FaultCode::StoreExposed,
            Self::Store(_) | Self::Files(_) => FaultCode::StoreUnusable,
            Self::Socket(SocketError::InUse(_)) => FaultCode::SocketInUse,
            Self::Socket(SocketError::OpenFolder(_)) => FaultCode::SocketExposed,
            Self::Socket(_) | Self::Relay(_) | Self::Io { .. } => FaultCode::Io,
            Self::NoTailnet => FaultCode::TailnetAbsent,
            Self::Cloud(_) => FaultCode::ProviderFailed,
            Self::Metrics(_) | Self::Worker(_) | Self::Github(_) => FaultCode::DaemonFailed,
        }
    }
}
