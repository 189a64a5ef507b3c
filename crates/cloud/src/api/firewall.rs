//! Firewalls: rules, and what they guard.

use std::collections::BTreeMap;

use clawlets_model::Labels;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{action::Action, id::id_type, labels, or_default, selector::Selector, server::ServerId};

id_type! {
    /// The id of a firewall.
    FirewallId
}

/// A firewall. What no inbound rule allows is dropped; outbound traffic is free until there is an outbound rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WireFirewall")]
pub struct Firewall {
    /// Its id.
    pub id: FirewallId,
    /// Its name, unique within the project.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// What it lets through.
    pub rules: Vec<FirewallRule>,
    /// What it guards.
    pub applied_to: Vec<FirewallTarget>,
}

/// Lets some traffic through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirewallRule {
    /// Which way.
    pub direction: Direction,
    /// Which protocol.
    pub protocol: Protocol,
    /// A port (`22`) or a range (`80-85`); only for TCP and UDP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// From where; for inbound rules.
    #[serde(default, deserialize_with = "or_default")]
    pub source_ips: Vec<IpNet>,
    /// To where; for outbound rules.
    #[serde(default, deserialize_with = "or_default")]
    pub destination_ips: Vec<IpNet>,
    /// What people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Which way traffic goes, seen from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To the server.
    In,
    /// From the server.
    Out,
}

/// What a rule lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP, both versions.
    Icmp,
    /// ESP.
    Esp,
    /// GRE.
    Gre,
}

/// What a firewall guards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "WireTarget")]
pub enum FirewallTarget {
    /// One server.
    Server(ServerId),
    /// Whatever carries the labels, now and later.
    Selector(Selector),
    /// Anything else, which this crate cannot name and never sends.
    Other,
}

/// A firewall to create.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreateFirewall {
    /// Its name, unique within the project.
    pub name: String,
    /// Its labels.
    pub labels: Labels,
    /// What it lets through.
    pub rules: Vec<FirewallRule>,
    /// What it guards from the start.
    #[serde(rename = "apply_to", serialize_with = "serialize_targets")]
    pub targets: Vec<FirewallTarget>,
}

/// A firewall that was created.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CreatedFirewall {
    /// The firewall.
    pub firewall: Firewall,
    /// It guards its targets when these have ended.
    #[serde(default, deserialize_with = "or_default")]
    pub actions: Vec<Action>,
}

/// The targets that can be sent, as the API wants them.
pub(crate) fn sent_targets(targets: &[FirewallTarget]) -> Vec<WireTarget> {
    targets.iter().filter_map(WireTarget::of).collect()
}

#[expect(clippy::ptr_arg, reason = "serde hands over the field as it is")]
fn serialize_targets<S: serde::Serializer>(
    targets: &Vec<FirewallTarget>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    sent_targets(targets).serialize(serializer)
}

#[derive(Serialize, Deserialize)]
pub(crate) struct WireTarget {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<ServerRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label_selector: Option<SelectorRef>,
}

#[derive(Serialize, Deserialize)]
struct ServerRef {
    id: ServerId,
}

#[derive(Serialize, Deserialize)]
struct SelectorRef {
    selector: String,
}

impl WireTarget {
    fn of(target: &FirewallTarget) -> Option<Self> {
        match target {
            FirewallTarget::Server(id) => Some(Self {
                kind: "server".to_owned(),
                server: Some(ServerRef { id: *id }),
                label_selector: None,
            }),
            FirewallTarget::Selector(selector) => Some(Self {
                kind: "label_selector".to_owned(),
                server: None,
                label_selector: Some(SelectorRef { selector: selector.as_str().to_owned() }),
            }),
            FirewallTarget::Other => None,
        }
    }
}

impl From<WireTarget> for FirewallTarget {
    fn from(wire: WireTarget) -> Self {
        let selector = wire.label_selector.and_then(|entry| Selector::parse(&entry.selector).ok());
        match (wire.server, selector) {
            (Some(server), _) => Self::Server(server.id),
            (None, Some(selector)) => Self::Selector(selector),
            (None, None) => Self::Other,
        }
    }
}

#[derive(Deserialize)]
struct WireFirewall {
    id: FirewallId,
    name: String,
    labels: Option<BTreeMap<String, String>>,
    rules: Option<Vec<FirewallRule>>,
    applied_to: Option<Vec<FirewallTarget>>,
}

impl From<WireFirewall> for Firewall {
    fn from(wire: WireFirewall) -> Self {
        Self {
            id: wire.id,
            name: wire.name,
            labels: labels::split(wire.labels).0,
            rules: wire.rules.unwrap_or_default(),
            applied_to: wire.applied_to.unwrap_or_default(),
        }
    }
}
