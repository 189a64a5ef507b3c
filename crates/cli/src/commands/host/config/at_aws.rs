//! What a host at AWS fetches, as its program reads it.

use clawlets_fleet::{Fleet, Host, HostProvider};
use serde::Serialize;

/// The table `[aws_secrets]`. The rest of what such a host is told lies in files of its own, which the instance's user data
/// may replace.
#[derive(Debug, Serialize)]
pub(super) struct AwsSecrets {
    prefix: String,
}

impl AwsSecrets {
    /// What is declared; none for a host elsewhere.
    pub(super) fn of(fleet: &Fleet, host: &Host) -> Option<Self> {
        let is_there = host.provider == HostProvider::Aws;
        is_there.then(|| Self { prefix: fleet.aws.secrets_prefix.to_string() })
    }
}
