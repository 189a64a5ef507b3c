//! What the vendor sells: server types, locations and prices, as of the autumn of 2026.
//!
//! Clients must read types and prices from the API; these are here so that there is something to read, including a
//! type that can no longer be ordered.

use jiff::Timestamp;

/// Everything that is on offer.
pub(crate) const CATALOG: Catalog = Catalog { server_types: SERVER_TYPES, locations: LOCATIONS };

/// What is on offer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Catalog {
    pub(crate) server_types: &'static [ServerType],
    pub(crate) locations: &'static [Location],
}

/// A size of server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ServerType {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    pub(crate) cores: u32,
    pub(crate) memory_gb: u32,
    pub(crate) disk_gb: u32,
    pub(crate) cpu: &'static str,
    pub(crate) architecture: &'static str,
    pub(crate) price: Price,
    pub(crate) deprecation: Option<Deprecation>,
    /// Names of the locations that have it.
    pub(crate) locations: &'static [&'static str],
}

/// Net prices in ten-thousandths of a euro.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Price {
    pub(crate) hourly: u32,
    pub(crate) monthly: u32,
}

/// When a type stopped being sold, in seconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deprecation {
    pub(crate) announced: i64,
    pub(crate) unavailable_after: i64,
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) country: &'static str,
    pub(crate) city: &'static str,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    pub(crate) network_zone: &'static str,
    pub(crate) datacenter: Datacenter,
}

/// The building in a location.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Datacenter {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
}

impl Catalog {
    /// A type by its name or by its id as text, as orders name it.
    pub(crate) fn server_type(&self, name_or_id: &str) -> Option<&'static ServerType> {
        self.server_types.iter().find(|one| one.name == name_or_id || one.id.to_string() == name_or_id)
    }

    /// A location by its name or by its id as text.
    pub(crate) fn location(&self, name_or_id: &str) -> Option<&'static Location> {
        self.locations.iter().find(|one| one.name == name_or_id || one.id.to_string() == name_or_id)
    }
}

impl ServerType {
    /// Whether new servers of this type can be ordered.
    pub(crate) fn is_sold(&self, now: Timestamp) -> bool {
        self.deprecation.is_none_or(|deprecation| now.as_second() < deprecation.unavailable_after)
    }
}

const EUROPE: &[&str] = &["fsn1", "nbg1", "hel1"];
const EVERYWHERE: &[&str] = &["fsn1", "nbg1", "hel1", "ash", "hil", "sin"];

const COST_OPTIMIZED: ServerType = ServerType {
    id: 114,
    name: "cx23",
    category: "Cost-Optimized",
    cores: 2,
    memory_gb: 4,
    disk_gb: 40,
    cpu: "shared",
    architecture: "x86",
    price: Price { hourly: 56, monthly: 34_900 },
    deprecation: None,
    locations: EUROPE,
};

const SERVER_TYPES: &[ServerType] = &[
    ServerType {
        id: 104,
        name: "cx22",
        price: Price { hourly: 60, monthly: 37_900 },
        // 2025-10-16 and 2026-01-01
        deprecation: Some(Deprecation { announced: 1_760_572_800, unavailable_after: 1_767_225_600 }),
        ..COST_OPTIMIZED
    },
    ServerType {
        id: 22,
        name: "cpx22",
        category: "Regular Performance",
        disk_gb: 80,
        price: Price { hourly: 104, monthly: 64_900 },
        locations: EVERYWHERE,
        ..COST_OPTIMIZED
    },
    ServerType {
        id: 96,
        name: "ccx13",
        category: "General Purpose",
        memory_gb: 8,
        disk_gb: 80,
        cpu: "dedicated",
        price: Price { hourly: 200, monthly: 124_900 },
        locations: EVERYWHERE,
        ..COST_OPTIMIZED
    },
    COST_OPTIMIZED,
    ServerType {
        id: 115,
        name: "cx33",
        cores: 4,
        memory_gb: 8,
        disk_gb: 80,
        price: Price { hourly: 88, monthly: 54_900 },
        ..COST_OPTIMIZED
    },
    ServerType {
        id: 116,
        name: "cx43",
        cores: 8,
        memory_gb: 16,
        disk_gb: 160,
        price: Price { hourly: 152, monthly: 94_900 },
        ..COST_OPTIMIZED
    },
    ServerType {
        id: 117,
        name: "cx53",
        cores: 16,
        memory_gb: 32,
        disk_gb: 320,
        price: Price { hourly: 280, monthly: 174_900 },
        ..COST_OPTIMIZED
    },
    ServerType {
        id: 45,
        name: "cax11",
        architecture: "arm",
        price: Price { hourly: 61, monthly: 37_900 },
        ..COST_OPTIMIZED
    },
];

const LOCATIONS: &[Location] = &[
    Location {
        id: 1,
        name: "fsn1",
        description: "Falkenstein DC Park 1",
        country: "DE",
        city: "Falkenstein",
        latitude: 50.47612,
        longitude: 12.370071,
        network_zone: "eu-central",
        datacenter: Datacenter { id: 4, name: "fsn1-dc14", description: "Falkenstein 1 virtual DC 14" },
    },
    Location {
        id: 2,
        name: "nbg1",
        description: "Nuremberg DC Park 1",
        country: "DE",
        city: "Nuremberg",
        latitude: 49.452102,
        longitude: 11.076665,
        network_zone: "eu-central",
        datacenter: Datacenter { id: 2, name: "nbg1-dc3", description: "Nuremberg 1 virtual DC 3" },
    },
    Location {
        id: 3,
        name: "hel1",
        description: "Helsinki DC Park 1",
        country: "FI",
        city: "Helsinki",
        latitude: 60.169855,
        longitude: 24.938379,
        network_zone: "eu-central",
        datacenter: Datacenter { id: 3, name: "hel1-dc2", description: "Helsinki 1 virtual DC 2" },
    },
    Location {
        id: 4,
        name: "ash",
        description: "Ashburn, VA",
        country: "US",
        city: "Ashburn, VA",
        latitude: 39.045821,
        longitude: -77.487073,
        network_zone: "us-east",
        datacenter: Datacenter { id: 5, name: "ash-dc1", description: "Ashburn virtual DC 1" },
    },
    Location {
        id: 5,
        name: "hil",
        description: "Hillsboro, OR",
        country: "US",
        city: "Hillsboro, OR",
        latitude: 45.54222,
        longitude: -122.951924,
        network_zone: "us-west",
        datacenter: Datacenter { id: 6, name: "hil-dc1", description: "Hillsboro virtual DC 1" },
    },
    Location {
        id: 6,
        name: "sin",
        description: "Singapore",
        country: "SG",
        city: "Singapore",
        latitude: 1.283333,
        longitude: 103.833333,
        network_zone: "ap-southeast",
        datacenter: Datacenter { id: 7, name: "sin-dc1", description: "Singapore virtual DC 1" },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_successor_of_a_type_that_is_no_longer_sold_can_be_ordered() {
        let now = "2026-11-20T00:00:00Z".parse().unwrap();
        assert!(!CATALOG.server_type("cx22").unwrap().is_sold(now));
        assert!(CATALOG.server_type("cx23").unwrap().is_sold(now));
        assert_eq!(CATALOG.server_type("114").unwrap().name, "cx23");
    }

    #[test]
    fn every_type_is_sold_in_places_that_exist_and_ids_are_unique() {
        let mut ids: Vec<u64> = CATALOG.server_types.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CATALOG.server_types.len());
        for one in CATALOG.server_types {
            assert!(one.locations.iter().all(|name| CATALOG.location(name).is_some()), "{}", one.name);
        }
    }
}
