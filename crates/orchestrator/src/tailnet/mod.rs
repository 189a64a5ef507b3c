//! Tailscale's API, as far as VMs need it: a key for each to join the tailnet with, and its device removed at its end.
//!
//! A key is made right before its VM is asked for: good for one device, which is ephemeral, tagged `tag:cattle` and let
//! in without approval, and for ten minutes. It is revoked when the VM does not come to be. The API is opened by an
//! OAuth client that may do no more than that; its access tokens live an hour and are kept in memory only.

mod access;
mod client;
mod credentials;
mod devices;
mod error;
mod keys;

pub(crate) use client::Tailnet;
pub(crate) use error::TailnetError;
pub(crate) use keys::{JoinKey, KeyId};

/// The tag of every VM's device.
const TAG: &str = "tag:cattle";
