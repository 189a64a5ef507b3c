//! Hetzner's HTTP API under `/v1`, and a side channel of our own under `/_local`.
//!
//! One file per resource: its requests, and how it looks in an answer. Around all of them, from the outside in: the
//! headers that every answer has, the bearer token, the request allowance, and the faults that are in force. Nothing
//! here decides what a server is; that is the project's.

mod actions;
mod allowance;
mod catalog;
mod console;
mod envelope;
mod fields;
mod firewall_fields;
mod firewalls;
mod headers;
mod images;
mod nothing;
mod params;
mod pricing;
mod primary_ips;
mod problem;
mod router;
mod server_actions;
mod server_order;
mod server_view;
mod servers;
mod shared;
mod side_channel;
mod ssh_keys;
mod timeline;
mod token;
mod transport;

pub(crate) use router::{Gate, service};
pub(crate) use shared::Shared;
