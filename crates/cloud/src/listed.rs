//! What can be listed, and where.

use serde::de::DeserializeOwned;

use crate::{Firewall, Image, Location, Server, ServerType, SshKey};

/// Something that the API lists in pages.
pub(crate) trait Listed: DeserializeOwned + Send {
    /// Its path, and the key of the list in the answer.
    const PATH: &'static str;
    /// What people call several of it.
    const PLURAL: &'static str;
    /// How the API is asked to order it; empty where it cannot be asked.
    const SORT: &'static str;
    /// Tells one from another, in the order that `SORT` asks for.
    type Key: Ord + Send;
    /// Tells one from another.
    fn key(&self) -> Self::Key;
}

macro_rules! listed_by_id {
    ($name:ty, $path:literal, $plural:literal) => {
        impl Listed for $name {
            const PATH: &'static str = $path;
            const PLURAL: &'static str = $plural;
            const SORT: &'static str = "id:asc";
            type Key = u64;
            fn key(&self) -> u64 {
                self.id.get()
            }
        }
    };
}
listed_by_id!(Server, "servers", "servers");
listed_by_id!(Image, "images", "images");
listed_by_id!(Firewall, "firewalls", "firewalls");
listed_by_id!(SshKey, "ssh_keys", "SSH keys");

macro_rules! listed_by_name {
    ($name:ty, $path:literal, $plural:literal) => {
        impl Listed for $name {
            const PATH: &'static str = $path;
            const PLURAL: &'static str = $plural;
            const SORT: &'static str = "";
            type Key = String;
            fn key(&self) -> String {
                self.name.clone()
            }
        }
    };
}
listed_by_name!(ServerType, "server_types", "server types");
listed_by_name!(Location, "locations", "locations");
