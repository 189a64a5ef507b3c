//! The configuration of `clawlets-host`, as that program reads it. What has the program's default is left away.

use std::collections::BTreeMap;

use clawlets_model::{Channel, HostName, SecretName};
use clawlets_release::{
    document::Check,
    value::{Period, SystemName, UtcTime},
};
use serde::Serialize;

use super::{BootLoader, at_aws::AwsSecrets, bootstrap::Bootstrap, github::Github, watch::Watch};

/// The whole file. Tables come behind the single keys.
#[derive(Debug, Serialize)]
pub(super) struct Config {
    pub(super) host: HostName,
    pub(super) system: SystemName,
    pub(super) channel: Channel,
    pub(super) updates: Updates,
    pub(super) cache: Caches,
    #[serde(skip_serializing_if = "Secrets::is_empty")]
    pub(super) secrets: Secrets,
    pub(super) boot: Boot,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reboot: Option<Reboot>,
    pub(super) health: Health,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) aws_secrets: Option<AwsSecrets>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bootstrap: Option<Bootstrap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) github: Option<Github>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) watch: Option<Watch>,
}

/// Where releases come from, and who is believed.
#[derive(Debug, Serialize)]
pub(super) struct Updates {
    pub(super) base_urls: Vec<String>,
    pub(super) interval: Period,
    pub(super) public_keys: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) previous_public_keys: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) previous_valid_until: Option<UtcTime>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) recovery_public_keys: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) revoked_keys: Vec<String>,
    pub(super) max_age: Period,
    pub(super) allow_unsigned: bool,
    pub(super) allow_rollback: bool,
}

/// Where the parts of a system come from.
#[derive(Debug, Serialize)]
pub(super) struct Caches {
    pub(super) substituters: Vec<String>,
    pub(super) trusted_public_keys: Vec<String>,
}

/// Whose secrets are.
#[derive(Debug, Serialize)]
pub(super) struct Secrets {
    pub(super) owners: BTreeMap<SecretName, Owner>,
}

impl Secrets {
    fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }
}

/// Whose a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Owner {
    pub(super) owner: String,
    pub(super) group: String,
    pub(super) mode: String,
}

/// The boot loader.
#[derive(Debug, Serialize)]
pub(super) struct Boot {
    pub(super) loader: BootLoader,
}

/// Whether the host reboots.
#[derive(Debug, Serialize)]
pub(super) struct Reboot {
    pub(super) allowed: bool,
}

/// What must work.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    pub(super) probation: Period,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) gateways: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) checks: Vec<Check>,
}
