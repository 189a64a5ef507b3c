//! An access token of an installation.

use clawlets_model::Secret;
use jiff::{SignedDuration, Timestamp};

use crate::Scope;

/// A token that GitHub gave out, and until when it is good. `Debug` does not show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationToken {
    /// The token.
    pub token: Secret<String>,
    /// From this time on it is not accepted any more, by GitHub's clock.
    pub expires_at: Timestamp,
    /// What it was asked for.
    pub scope: Scope,
}

impl InstallationToken {
    /// Whether it will still be accepted after `span`.
    #[must_use]
    pub fn lasts(&self, span: SignedDuration, now: Timestamp) -> bool {
        self.expires_at.duration_since(now) > span
    }
}
