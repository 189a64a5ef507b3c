//! The project: its servers, actions, images, keys, firewalls and addresses, and what may be done with them.
//!
//! [`Project`] is plain state that is written through to a [`Store`]; every change is one short, synchronous step
//! under a lock. [`Cloud`] adds what takes time: it runs the operations behind actions and watches guests. Requests
//! and answers of the API are none of its business, but its [`Failure`]s are those that a cloud has.

mod action;
mod address;
mod catalog;
mod clock;
mod core;
mod document;
mod failure;
mod firewall;
mod image;
mod name;
mod operation;
mod project;
mod protection;
mod recovery;
mod relay;
mod selector;
mod server;
mod ssh_key;
mod store;

pub(crate) use action::{Action, ActionCommand, ActionError, Resource, ResourceKind};
pub(crate) use address::{Address, AddressFamily};
pub(crate) use catalog::{CATALOG, Deprecation, Location, Price, ServerType};
pub(crate) use clock::{Clock, rfc3339};
pub(crate) use core::{Cloud, Parts};
pub(crate) use failure::{Failure, FieldError};
pub(crate) use firewall::{Direction, Firewall, FirewallRule, FirewallTarget, Protocol};
pub(crate) use image::{Image, ImageKind, SystemImageFiles};
pub(crate) use name::is_host_name;
pub(crate) use operation::{Fate, FirewallChange, NewServer, PowerSwitch, Start, Started};
pub(crate) use project::Project;
pub(crate) use protection::{Protection, ProtectionChange};
pub(crate) use relay::RelayRule;
pub(crate) use selector::Selector;
pub(crate) use server::{Server, ServerStatus};
pub(crate) use ssh_key::{SshKey, fingerprint};
pub(crate) use store::Store;
