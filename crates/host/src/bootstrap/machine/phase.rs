//! How far a boot has come.

use serde::{Deserialize, Serialize};

/// What is done next, or was begun and cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Find out who this instance is, and where its bundle lies.
    Metadata,
    /// Fetch the bundle.
    Bundle,
    /// Verify it where it lies now.
    Verified,
    /// Put its secrets, and those of the secrets manager, in use.
    Secrets,
    /// Seed repositories.
    Repos,
    /// Mount and prepare the shared memory.
    Memory,
    /// Mint a token for GitHub.
    Token,
    /// Wait for the gateways.
    Gateway,
    /// Nothing is left to do.
    Ready,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Self; 9] = [
        Self::Metadata,
        Self::Bundle,
        Self::Verified,
        Self::Secrets,
        Self::Repos,
        Self::Memory,
        Self::Token,
        Self::Gateway,
        Self::Ready,
    ];

    /// The one behind it; [`Phase::Ready`] is behind itself.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Metadata => Self::Bundle,
            Self::Bundle => Self::Verified,
            Self::Verified => Self::Secrets,
            Self::Secrets => Self::Repos,
            Self::Repos => Self::Memory,
            Self::Memory => Self::Token,
            Self::Token => Self::Gateway,
            Self::Gateway | Self::Ready => Self::Ready,
        }
    }

    /// Its name in the configuration and in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Bundle => "bundle",
            Self::Verified => "verified",
            Self::Secrets => "secrets",
            Self::Repos => "repos",
            Self::Memory => "memory",
            Self::Token => "token",
            Self::Gateway => "gateway",
            Self::Ready => "ready",
        }
    }
}
