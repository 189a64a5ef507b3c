//! How a client is set up.

use std::time::Duration;

use crate::{CredentialSource, Endpoint, Region};

/// What a client needs to know.
#[derive(Debug)]
pub struct AwsConfig {
    /// The region of everything that is asked.
    pub region: Region,
    /// Where credentials come from.
    pub credentials: CredentialSource,
    /// One endpoint for all services, as `AWS_ENDPOINT_URL` names it; the vendor's own if `None`.
    pub endpoint: Option<Endpoint>,
    /// How long calls may take.
    pub limits: Limits,
}

impl AwsConfig {
    /// A configuration with the vendor's endpoints and the default limits.
    #[must_use]
    pub fn new(region: Region, credentials: CredentialSource) -> Self {
        Self { region, credentials, endpoint: None, limits: Limits::default() }
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
    /// One object on its way from or to a file, with all its tries.
    pub transfer: Duration,
    /// For how long an object on its way may stand still.
    pub stall: Duration,
    /// One answer that is held in memory, in bytes.
    pub answer: usize,
    /// The wait before the second try; it doubles from there to fifty times as much.
    pub first_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(60),
            request: Duration::from_secs(20),
            connect: Duration::from_secs(5),
            transfer: Duration::from_secs(30 * 60),
            stall: Duration::from_secs(30),
            answer: 8 * 1024 * 1024,
            first_wait: Duration::from_millis(200),
        }
    }
}
