//! Rules between values: what a grammar alone cannot say.
//!
//! A rule is given an object that was read, with the means to report at any path within it. It never repeats what a
//! grammar has refused already.

mod bots;
mod credentials;
mod gateway;
mod host;
mod keys;
mod memory;
mod root;
mod secrets;
mod self_update;
mod shared;
mod vms;

pub(crate) use bots::{bot, github};
pub(crate) use credentials::ALTERNATIVES;
pub(crate) use gateway::is_inline;
pub use gateway::redact;
pub(crate) use host::{cache, host, provisioning};
pub(crate) use memory::memory;
pub(crate) use root::root;
pub(crate) use self_update::{health_check, self_update};
pub(crate) use shared::{restic, shared};
pub(crate) use vms::{cattle, cattle_labels};
