//! Locations.

use serde::Deserialize;

use super::or_default;

/// Where servers can stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Location {
    /// Its name: `nbg1`.
    pub name: String,
    /// What people read: `Nuremberg DC Park 1`.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    /// Where private networks reach: `eu-central`.
    #[serde(default, deserialize_with = "or_default")]
    pub network_zone: String,
}
