//! The process around one guest.
//!
//! A shim enters a network namespace in which nothing exists but loopback, offers the guest its metadata service and
//! relays there, runs QEMU as its child, and answers the daemon on a control socket. It is a session of its own and
//! needs no daemon: a guest boots, works and powers itself off while nobody serves the API. When the shim ends, the
//! kernel kills QEMU; when QEMU ends, so does the shim, and with them the namespace.
//!
//! The guest is booted, or restored from a template and claimed: at once, or (a *spare* one) later. A guest that is nobody
//! yet ends with the daemon; a server's does not.
//!
//! A shim knows one guest. It never writes outside the guest's directory, except for the lock of the user that QEMU runs as.

mod birth;
mod claim_port;
mod console;
pub(crate) mod containment;
mod control;
mod error;
mod guest;
mod loopback;
mod metadata;
mod namespaces;
mod netlink;
mod qmp;
mod rehearsal;
mod relay;
mod run;
mod snapshot;
mod spare;
mod template;

pub use containment::{ContainedBy, ContainmentSettings, ContainmentSummary, LimitedBy, UserRange};
pub use error::ShimError;
pub use run::{rehearse, run};
pub(super) use {
    guest::{CONSOLE_LOG, QEMU_LOG},
    run::READY,
};
