//! Server types: how big, how much, where, and for how long still.

use jiff::Timestamp;
use serde::Deserialize;

use super::price::Price;

/// A size of server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WireServerType")]
pub struct ServerType {
    /// Its name: `cx23`.
    pub name: String,
    /// How many virtual processors.
    pub cores: u32,
    /// Memory, in MiB.
    pub memory_mib: u64,
    /// Disk, in GB.
    pub disk_gb: u64,
    /// `x86` or `arm`.
    pub architecture: String,
    /// What it costs, one entry for each location where it is sold.
    pub prices: Vec<Price>,
    /// Where it exists, and whether it can be ordered there.
    pub locations: Vec<TypeLocation>,
    /// Since when and until when, if it is on its way out everywhere.
    pub deprecation: Option<Deprecation>,
}

/// One location of a server type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TypeLocation {
    /// The name of the location.
    pub name: String,
    /// Since when and until when, if it is on its way out there.
    #[serde(default)]
    pub deprecation: Option<Deprecation>,
}

/// That something is on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Deprecation {
    /// When that was announced.
    pub announced: Timestamp,
    /// From when on it cannot be ordered.
    pub unavailable_after: Timestamp,
}

impl ServerType {
    /// The price in a location; `None` when the type is not sold there.
    #[must_use]
    pub fn price_in(&self, location: &str) -> Option<&Price> {
        self.prices.iter().find(|price| price.location == location)
    }

    /// The deprecation that counts in a location: its own, else the type's.
    #[must_use]
    pub fn deprecation_in(&self, location: &str) -> Option<Deprecation> {
        let own =
            self.locations.iter().find(|entry| entry.name == location).and_then(|entry| entry.deprecation);
        own.or(self.deprecation)
    }
}

#[derive(Deserialize)]
struct WireServerType {
    name: String,
    cores: Option<u32>,
    memory: Option<f64>,
    disk: Option<f64>,
    architecture: Option<String>,
    prices: Option<Vec<Price>>,
    locations: Option<Vec<TypeLocation>>,
    deprecation: Option<Deprecation>,
}

/// A size that the API gives in GB, possibly with a fraction, in smaller units. Nonsense is 0.
fn whole(gigabytes: Option<f64>, units: f64) -> u64 {
    let size = gigabytes.unwrap_or_default() * units;
    if size.is_finite() && size > 0.0 && size < 1e15 { size.round() as u64 } else { 0 }
}

impl From<WireServerType> for ServerType {
    fn from(wire: WireServerType) -> Self {
        Self {
            name: wire.name,
            cores: wire.cores.unwrap_or_default(),
            memory_mib: whole(wire.memory, 1024.0),
            disk_gb: whole(wire.disk, 1.0),
            architecture: wire.architecture.unwrap_or_default(),
            prices: wire.prices.unwrap_or_default(),
            locations: wire.locations.unwrap_or_default(),
            deprecation: wire.deprecation,
        }
    }
}
