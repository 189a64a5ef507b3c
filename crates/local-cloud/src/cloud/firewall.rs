//! Firewalls, as records: guests reach nothing but their relays, whatever a firewall would allow.

use clawlets_model::label::Labels;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{document::Document, selector::Selector};

/// A set of rules and what it is applied to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Firewall {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) rules: Vec<FirewallRule>,
    pub(crate) applied_to: Vec<FirewallTarget>,
    pub(crate) created: Timestamp,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FirewallRule {
    pub(crate) direction: Direction,
    pub(crate) protocol: Protocol,
    /// A port or a range such as `80-85`; for TCP and UDP only.
    pub(crate) port: Option<String>,
    pub(crate) source_ips: Vec<String>,
    pub(crate) destination_ips: Vec<String>,
    pub(crate) description: Option<String>,
}

/// Where traffic comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// From elsewhere.
    In,
    /// From the server.
    Out,
}

/// Protocols that rules can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP.
    Icmp,
    /// ESP.
    Esp,
    /// GRE.
    Gre,
}

/// What a firewall is applied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FirewallTarget {
    /// One server.
    Server(u64),
    /// Every server whose labels match.
    LabelSelector(Selector),
}

impl Direction {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl Protocol {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Icmp => "icmp",
            Self::Esp => "esp",
            Self::Gre => "gre",
        }
    }
}

impl Document for Firewall {
    const KIND: &'static str = "firewall";

    fn id(&self) -> u64 {
        self.id
    }
}
