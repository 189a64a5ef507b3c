//! What is declared: the hosts that can be deployed, and where deploys go.

mod read;
mod watched;

use clawlets_fleet::{AwsRegion, Control};
use clawlets_model::HostName;
use indexmap::IndexMap;

pub use read::RegistryError;
pub use watched::Watched;

/// The hosts of a fleet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registry {
    hosts: IndexMap<HostName, Provider>,
    /// What the fleet says of the control API; its defaults where only instances are declared.
    pub control: Control,
    /// The region of the hosts at AWS, where it is declared.
    pub region: Option<AwsRegion>,
}

/// Where a host runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// At Amazon Web Services.
    Aws,
    /// At Hetzner Cloud.
    Hetzner,
    /// On a machine that no provider knows.
    Local,
}

impl Registry {
    /// The host of exactly this name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&HostName> {
        self.hosts.keys().find(|host| host.as_str() == name)
    }

    /// Every host, in the order of the declaration.
    pub fn hosts(&self) -> impl Iterator<Item = (&HostName, Provider)> {
        self.hosts.iter().map(|(host, provider)| (host, *provider))
    }

    /// Whether any host runs there.
    #[must_use]
    pub fn uses(&self, provider: Provider) -> bool {
        self.hosts.values().any(|other| *other == provider)
    }

    #[cfg(test)]
    pub(crate) fn of_hosts(names: &[&str]) -> Self {
        let hosts = names.iter().map(|name| (HostName::parse(name).unwrap(), Provider::Aws)).collect();
        Self { hosts, ..Self::default() }
    }
}
