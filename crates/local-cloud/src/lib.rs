//! A cloud on this machine: Hetzner's HTTP API on loopback, whose servers are real QEMU guests.
//!
//! Programs that speak to Hetzner speak to this without a change: another base URL is all. Each guest runs in a
//! network namespace of its own, under a *shim* process, and reaches nothing but its metadata service and the relays
//! that the owner of the cloud opened for it.
//!
//! - [`serve`] runs the daemon, [`status`] and [`down`] look at it and end it, also when it is already dead;
//! - [`build_image`] makes the system image `clawlets-cattle`, [`register_image`] offers it to a running daemon;
//! - [`shim::run`] is the body of the shim, which a program exposes as a hidden subcommand;
//! - [`Endpoint`] is the connection document that clients read.
//!
//! This crate knows nothing of jobs, tasks or orchestrators. It never prints and never reads the environment.

mod api;
mod cloud;
mod config;
mod daemon;
mod error;
mod fault;
mod http_server;
pub mod image;
mod state_dir;
mod vm;

pub use config::{AcceleratorChoice, Config, Copies, GuestLimits, Limits, NotLoopback, PoolSize};
pub use daemon::{Down, Endpoint, ServerSummary, Status, down, register_image, resize_pool, serve, status};
pub use error::Error;
pub use image::{ImageError, ImageRequest, ImageStep, SystemImage, build_image};
pub use vm::{
    GuestError, Origin, shim,
    shim::{ContainedBy, ContainmentSettings, ContainmentSummary, LimitedBy, UserRange},
};
