//! What opens a private repository.

use base64::{Engine, engine::general_purpose::STANDARD};
use clawlets_model::{Scrubber, Secret};

use crate::repos::{Origin, RemoteUrl};

/// A token, and the one origin that it is sent to.
#[derive(Debug, Clone)]
pub struct Credential {
    origin: Origin,
    token: Secret<String>,
    header: Secret<String>,
}

impl Credential {
    /// A token of GitHub for this origin. It is sent as the password of `x-access-token`, which is how GitHub takes
    /// the tokens of Apps and of people alike.
    #[must_use]
    pub fn new(origin: Origin, token: Secret<String>) -> Self {
        let pair = Secret::from(format!("x-access-token:{}", token.expose()));
        let header = Secret::from(format!("Authorization: Basic {}", STANDARD.encode(pair.expose())));
        Self { origin, token, header }
    }

    /// Whether this repository is one that the token is for.
    #[must_use]
    pub fn opens(&self, url: &RemoteUrl) -> bool {
        url.origin() == Some(&self.origin)
    }

    /// The setting of git that sends it, and its value.
    pub(super) fn setting(&self) -> (String, &str) {
        (format!("http.{}/.extraHeader", self.origin), self.header.expose())
    }

    /// What takes it out of texts.
    pub(super) fn scrubber(&self) -> Scrubber {
        let encoded = self.header.expose().rsplit(' ').next().unwrap_or_default().to_owned();
        Scrubber::new([&self.token, &Secret::from(encoded)])
    }
}
