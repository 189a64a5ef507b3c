//! How the client is set up.

use std::time::Duration;

use clawlets_model::Secret;
use clawlets_upstream::BaseUrl;

use crate::Jitter;

/// What the client needs to know.
#[derive(Debug)]
pub struct HetznerConfig {
    /// Where the API is.
    pub endpoint: BaseUrl,
    /// The project's API token.
    pub token: Secret<String>,
    /// How long calls may take.
    pub limits: Limits,
    /// What spreads out retries.
    pub jitter: Jitter,
}

impl HetznerConfig {
    /// A configuration with the default limits.
    #[must_use]
    pub fn new(endpoint: BaseUrl, token: Secret<String>) -> Self {
        Self { endpoint, token, limits: Limits::default(), jitter: Jitter::from_system() }
    }
}

/// How long calls may take, and how large answers may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One call with all its tries and waits.
    pub call: Duration,
    /// One request, from its start to the last byte of its answer.
    pub request: Duration,
    /// Making a connection, which is part of the request.
    pub connect: Duration,
    /// One answer, in bytes.
    pub answer: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(60),
            request: Duration::from_secs(15),
            connect: Duration::from_secs(5),
            answer: 8 * 1024 * 1024,
        }
    }
}
