//! The process around one guest.
//!
//! A shim enters a network namespace in which nothing exists but loopback, offers the guest its metadata service and
//! relays there, runs QEMU as its child, and answers the daemon on a control socket. It is a session of its own and
//! needs no daemon: a guest boots, works and powers itself off while nobody serves the API. When the shim ends, the
//! kernel kills QEMU; when QEMU ends, so does the shim, and with them the namespace.
//!
//! A shim knows one guest. It never writes outside the guest's directory.

mod console;
mod control;
mod error;
mod guest;
mod loopback;
mod metadata;
mod namespaces;
mod netlink;
mod qmp;
mod relay;
mod run;

pub use error::ShimError;
pub use run::{rehearse, run};
pub(super) use {
    guest::{CONSOLE_LOG, QEMU_LOG},
    run::READY,
};
