//! From bytes to a registry: `fleet/clawlets.json`, or an `instances.json` with an entry for each instance at AWS.

use clawlets_fleet::{Fleet, HostProvider};
use clawlets_model::HostName;
use indexmap::IndexMap;
use serde_json::Value;
use thiserror::Error;

use super::{Provider, Registry};

/// A text that declares no hosts.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// It is no JSON object.
    #[error("it is no JSON object")]
    NotAnObject,
    /// It is a fleet with faults.
    #[error("the fleet that it declares is not valid: {0}")]
    Fleet(String),
    /// It names an instance that no host can be called.
    #[error("{0:?} is no name of an instance")]
    Name(String),
    /// An entry is no object.
    #[error("the entry {0:?} is no object")]
    Entry(String),
}

impl Registry {
    /// Reads either file.
    ///
    /// # Errors
    /// [`RegistryError`].
    pub fn read(bytes: &[u8]) -> Result<Self, RegistryError> {
        let Ok(Value::Object(document)) = serde_json::from_slice(bytes) else {
            return Err(RegistryError::NotAnObject);
        };
        let is_fleet = ["schemaVersion", "hosts", "fleet"].iter().any(|key| document.contains_key(*key));
        if is_fleet { of_fleet(bytes) } else { of_instances(&document) }
    }
}

fn of_fleet(bytes: &[u8]) -> Result<Registry, RegistryError> {
    let loaded = Fleet::read_bytes(bytes).map_err(|invalid| {
        let first = invalid.problems.first().map(ToString::to_string).unwrap_or_default();
        RegistryError::Fleet(first.chars().take(200).collect())
    })?;
    let provider = |provider| match provider {
        HostProvider::Aws => Provider::Aws,
        HostProvider::Hetzner => Provider::Hetzner,
        HostProvider::Local => Provider::Local,
    };
    let fleet = loaded.fleet;
    let hosts = fleet.hosts.iter().map(|(name, host)| (name.clone(), provider(host.provider))).collect();
    Ok(Registry { hosts, control: fleet.control, region: Some(fleet.aws.region) })
}

fn of_instances(document: &serde_json::Map<String, Value>) -> Result<Registry, RegistryError> {
    let mut hosts = IndexMap::new();
    for (name, entry) in document {
        let host = HostName::parse(name).map_err(|_| RegistryError::Name(name.chars().take(80).collect()))?;
        if !entry.is_object() {
            return Err(RegistryError::Entry(host.to_string()));
        }
        hosts.insert(host, Provider::Aws);
    }
    Ok(Registry { hosts, ..Registry::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        Registry::read(text.as_bytes()).unwrap().hosts().map(|(name, _)| name.to_string()).collect()
    }

    #[test]
    fn either_file_names_the_hosts_in_their_order() {
        let fleet = r#"{"schemaVersion": 13, "hosts": {"web-2": {}, "web-1": {"provider": "aws"}}}"#;
        assert_eq!(
            names(&fleet.replace("13", &clawlets_fleet::SchemaVersion::CURRENT.to_string())),
            ["web-2", "web-1"]
        );
        let instances =
            r#"{"clawdinator-1": {"host": "clawdinator-1", "instanceType": "t3.large"}, "two": {}}"#;
        assert_eq!(names(instances), ["clawdinator-1", "two"]);
    }

    #[test]
    fn what_declares_nothing_is_refused() {
        for text in ["", "[]", "{\"a b\": {}}", "{\"web-1\": 1}", "{\"hosts\": 7}"] {
            assert!(Registry::read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
