//! Servers as the provider describes them.

use std::{collections::BTreeMap, net::Ipv4Addr};

use clawlets_model::Labels;
use jiff::Timestamp;
use serde::Deserialize;

use super::{action::Action, id::id_type, image::ImageId, labels, or_default};

id_type! {
    /// The id of a server.
    ServerId
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WireServer")]
pub struct Server {
    /// Its id.
    pub id: ServerId,
    /// Its name, unique within the project.
    pub name: String,
    /// What it does.
    pub status: ServerStatus,
    /// When the provider took the create request.
    pub created: Timestamp,
    /// Its labels.
    pub labels: Labels,
    /// Labels that do not follow the grammar of [`Labels`]; replacing the label map loses them.
    pub other_labels: BTreeMap<String, String>,
    /// The name of its server type.
    pub server_type: String,
    /// The name of its location; empty when the provider did not say.
    pub location: String,
    /// What it was made from; `None` when that image is gone.
    pub image: Option<ImageId>,
    /// Its public IPv4 address.
    pub ipv4: Option<Ipv4Addr>,
    /// Whether another action holds it.
    pub locked: bool,
    /// Whether it is protected from deletion.
    pub delete_protected: bool,
}

/// What a server does. Whatever the status, a server that exists is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServerStatus {
    /// It is being made.
    Initializing,
    /// It boots.
    Starting,
    /// Its power is on.
    Running,
    /// It shuts down.
    Stopping,
    /// Its power is off.
    Off,
    /// It is being deleted.
    Deleting,
    /// It moves to another host.
    Migrating,
    /// Its disk is being written anew.
    Rebuilding,
    /// Anything else, including what the provider itself calls unknown.
    #[serde(other)]
    Other,
}

impl ServerStatus {
    /// The word that the provider has for it; `unknown` for what it has no known word for.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Initializing => "initializing",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Off => "off",
            Self::Deleting => "deleting",
            Self::Migrating => "migrating",
            Self::Rebuilding => "rebuilding",
            Self::Other => "unknown",
        }
    }
}

/// How a delete began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deletion {
    /// The provider took it and hides the server from now on; the action ends when it is really gone.
    Started(Action),
    /// There is no such server.
    AlreadyGone,
}

#[derive(Deserialize)]
struct WireServer {
    id: ServerId,
    name: String,
    status: ServerStatus,
    created: Timestamp,
    labels: Option<BTreeMap<String, String>>,
    server_type: Option<Named>,
    location: Option<Named>,
    datacenter: Option<Datacenter>,
    image: Option<ImageRef>,
    public_net: Option<PublicNetRef>,
    #[serde(default, deserialize_with = "or_default")]
    locked: bool,
    protection: Option<Protection>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// Where older programs of this API put the location.
#[derive(Deserialize)]
struct Datacenter {
    location: Option<Named>,
}

#[derive(Deserialize)]
struct ImageRef {
    id: ImageId,
}

#[derive(Deserialize)]
struct PublicNetRef {
    ipv4: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    ip: Option<Ipv4Addr>,
}

#[derive(Deserialize)]
struct Protection {
    #[serde(default, deserialize_with = "or_default")]
    delete: bool,
}

impl From<WireServer> for Server {
    fn from(wire: WireServer) -> Self {
        let (labels, other_labels) = labels::split(wire.labels);
        let location = wire.location.or_else(|| wire.datacenter.and_then(|datacenter| datacenter.location));
        Self {
            id: wire.id,
            name: wire.name,
            status: wire.status,
            created: wire.created,
            labels,
            other_labels,
            server_type: wire.server_type.map(|named| named.name).unwrap_or_default(),
            location: location.map(|named| named.name).unwrap_or_default(),
            image: wire.image.map(|image| image.id),
            ipv4: wire.public_net.and_then(|net| net.ipv4).and_then(|address| address.ip),
            locked: wire.locked,
            delete_protected: wire.protection.is_some_and(|protection| protection.delete),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: serde_json::Value) -> Server {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_full_answer_is_read() {
        let server = read(serde_json::json!({
            "id": 42, "name": "cattle-rex-1", "status": "running", "created": "2026-11-01T10:00:00+00:00",
            "labels": {"managed-by": "clawlets", "a.very/long-prefix-that-goes-on-and-on-and-on-and-on-and-on-and-on-until-it": "x"},
            "server_type": {"id": 1, "name": "cx23", "cores": 2}, "location": {"id": 2, "name": "nbg1"},
            "image": {"id": 9, "name": null, "type": "snapshot"},
            "public_net": {"ipv4": {"id": 5, "ip": "192.0.2.7", "blocked": false}, "ipv6": null, "floating_ips": []},
            "private_net": [], "protection": {"delete": true, "rebuild": true}, "locked": false, "iso": null,
            "rescue_enabled": false, "backup_window": null, "a_field_of_tomorrow": [1, {"b": null}],
        }));
        assert_eq!((server.server_type.as_str(), server.location.as_str()), ("cx23", "nbg1"));
        assert_eq!(server.ipv4, Some(Ipv4Addr::new(192, 0, 2, 7)));
        assert_eq!((server.labels.len(), server.other_labels.len()), (1, 1));
        assert!(server.delete_protected && server.image == Some(ImageId::new(9)));
    }

    #[test]
    fn a_bare_answer_is_read_and_a_new_status_too() {
        let server = read(serde_json::json!({
            "id": 42, "name": "x", "status": "hibernating", "created": "2026-11-01T10:00:00Z", "labels": null,
            "image": null, "public_net": {"ipv4": null}, "locked": null, "protection": null,
            "datacenter": {"name": "nbg1-dc3", "location": {"name": "nbg1"}},
        }));
        assert_eq!(
            (server.status, server.location.as_str(), server.ipv4),
            (ServerStatus::Other, "nbg1", None)
        );
    }

    #[test]
    fn an_answer_without_an_id_is_refused() {
        for id in ["null", "-1", "1.5", "\"1\"", "99999999999999999999", "1e400"] {
            let text = format!(r#"{{"id":{id},"name":"x","status":"off","created":"2026-11-01T10:00:00Z"}}"#);
            assert!(serde_json::from_str::<Server>(&text).is_err(), "{id}");
        }
    }
}
