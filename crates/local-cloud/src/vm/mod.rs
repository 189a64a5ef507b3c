//! Guests: how a server of the API comes to be a running machine, and how it ends.
//!
//! A [`Launcher`] turns a [`GuestSpec`] into a running guest in its [`GuestDir`]; [`ColdBoot`] boots it from nothing.
//! Each guest belongs to a *shim*, a process of its own session that outlives the daemon. The shim and its QEMU share
//! one lock on the guest's directory, so "is it alive" has one answer that no process table can get wrong.
//!
//! Nothing here knows projects, names or labels.

mod accelerator;
mod cold_boot;
mod control;
mod error;
mod guest_dir;
mod launcher;
mod log_file;
mod qemu;
pub mod shim;
mod spec;

pub(crate) use accelerator::probe;
pub(crate) use cold_boot::ColdBoot;
pub(crate) use control::{Request, ask, watch};
pub use error::GuestError;
pub(crate) use guest_dir::GuestDir;
pub(crate) use launcher::Launcher;
pub(crate) use spec::{Accelerator, BootFiles, GuestSpec, Machine, Metadata, Relay};
