//! Public SSH keys of the project.

use std::collections::BTreeMap;

use clawlets_model::Labels;
use serde::{Deserialize, Serialize};

use super::{id::id_type, labels};

id_type! {
    /// The id of an SSH key.
    SshKeyId
}

/// A public SSH key that the project holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WireSshKey")]
pub struct SshKey {
    /// Its id.
    pub id: SshKeyId,
    /// Its name, unique within the project.
    pub name: String,
    /// MD5 with colons, as the provider gives it.
    pub fingerprint: String,
    /// The key in OpenSSH's one-line form.
    pub public_key: String,
    /// Its labels.
    pub labels: Labels,
}

/// A public key to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreateSshKey {
    /// Its name, unique within the project.
    pub name: String,
    /// The key in OpenSSH's one-line form, unique within the project.
    pub public_key: String,
    /// Its labels.
    pub labels: Labels,
}

#[derive(Deserialize)]
struct WireSshKey {
    id: SshKeyId,
    name: String,
    fingerprint: Option<String>,
    public_key: Option<String>,
    labels: Option<BTreeMap<String, String>>,
}

impl From<WireSshKey> for SshKey {
    fn from(wire: WireSshKey) -> Self {
        Self {
            id: wire.id,
            name: wire.name,
            fingerprint: wire.fingerprint.unwrap_or_default(),
            public_key: wire.public_key.unwrap_or_default(),
            labels: labels::split(wire.labels).0,
        }
    }
}
