//! Guests: how a server of the API comes to be a running machine, and how it ends.
//!
//! A [`Launcher`] turns a [`GuestSpec`] into a running guest in its [`GuestDir`]; [`WarmStart`] takes one out of the
//! pool, copies a template, or boots it from nothing. Each guest belongs to a *shim*, a process of its own session that outlives the daemon. The shim and its QEMU share
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
mod pool;
mod qemu;
pub mod shim;
mod shim_process;
mod spec;
mod template;
mod timeline;
mod warm_start;

pub(crate) use accelerator::probe;
pub(crate) use control::{Request, ask, watch};
pub use error::GuestError;
pub(crate) use guest_dir::GuestDir;
use guest_dir::SPEC;
pub(crate) use launcher::Launcher;
pub(crate) use pool::{PoolFolders, PoolView};
pub(crate) use shim_process::ShimCommand;
pub use spec::Origin;
pub(crate) use spec::{Accelerator, Birth, BootFiles, GuestSpec, Machine, Metadata, Relay};
pub(crate) use timeline::{Mark, Moment, Phase, read as timeline_in};
pub(crate) use warm_start::WarmStart;
