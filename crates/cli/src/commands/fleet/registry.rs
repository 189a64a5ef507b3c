//! The registry of AWS instances, as infrastructure code reads it: an object with an entry for each instance.

use clawlets_fleet::{Fleet, Host, HostProvider};
use clawlets_model::HostName;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The instances by name.
pub(super) type Registry = IndexMap<HostName, Instance>;

/// One instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Instance {
    /// Its name in the flake.
    pub(super) host: HostName,
    /// Its type at AWS, such as `t3.large`.
    pub(super) instance_type: String,
    /// Where its bundle lies in the bucket.
    pub(super) bootstrap_prefix: String,
    /// The secret that holds its Discord token.
    pub(super) discord_token_secret: String,
}

/// The hosts of a fleet that run at AWS.
pub(super) fn of_fleet(fleet: &Fleet) -> IndexMap<&HostName, Entry<'_>> {
    let at_aws = fleet.hosts.iter().filter(|(_, host)| host.provider == HostProvider::Aws);
    at_aws.map(|(name, host)| (name, Entry::of(fleet, name, host))).collect()
}

/// One host as an instance.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry<'a> {
    host: &'a str,
    instance_type: &'a str,
    bootstrap_prefix: String,
    discord_token_secret: &'a str,
}

impl<'a> Entry<'a> {
    fn of(fleet: &Fleet, name: &'a HostName, host: &'a Host) -> Self {
        Self {
            host: host.flake_host.as_ref().map_or(name.as_str(), |flake| flake.as_str()),
            instance_type: host.aws.instance_type.as_str(),
            bootstrap_prefix: fleet.bootstrap_prefix(name),
            discord_token_secret: host.aws.discord_token_secret.as_ref().map_or("", |secret| secret.as_str()),
        }
    }

    /// The cells of a table.
    pub(super) fn cells(&self) -> [String; 4] {
        [self.host, self.instance_type, &self.bootstrap_prefix, self.discord_token_secret].map(str::to_owned)
    }
}
