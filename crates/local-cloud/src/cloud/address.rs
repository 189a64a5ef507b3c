//! Public addresses of servers.
//!
//! No packet ever reaches them: guests have no way out of their namespaces. They come from the ranges that are
//! reserved for benchmarks and documentation, so that nobody takes them for somebody's.

use std::net::{Ipv4Addr, Ipv6Addr};

use clawlets_model::label::Labels;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{document::Document, protection::Protection};

/// One public address, which lives as long as its server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) family: AddressFamily,
    /// The server that has it.
    pub(crate) server: u64,
    pub(crate) location: String,
    pub(crate) labels: Labels,
    pub(crate) protection: Protection,
    pub(crate) created: Timestamp,
}

/// The kinds of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AddressFamily {
    /// One IPv4 address.
    Ipv4,
    /// A network of 64 bits.
    Ipv6,
}

impl Address {
    /// The address itself: `198.18.0.0/15` or a /64 of `2001:db8::/32`, numbered by the id.
    pub(crate) fn ip(&self) -> String {
        let [.., a, b, c, d] = self.id.to_be_bytes();
        match self.family {
            AddressFamily::Ipv4 => Ipv4Addr::new(198, 18 | (b & 1), c, d).to_string(),
            AddressFamily::Ipv6 => {
                let [high, low] = [[a, b], [c, d]].map(u16::from_be_bytes);
                format!("{}/64", Ipv6Addr::new(0x2001, 0xdb8, high, low, 0, 0, 0, 0))
            }
        }
    }
}

impl AddressFamily {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }
}

impl Document for Address {
    const KIND: &'static str = "primary_ip";

    fn id(&self) -> u64 {
        self.id
    }
}
