//! What QEMU may do on this machine: as little as it can work with.
//!
//! An emulator is a large program that executes what a hostile guest wrote; QEMU itself says that its translator is not
//! a security boundary. So QEMU is started as if it were hostile already. Beside its own network namespace, in which
//! only the guest's relays exist, and its own system call filter, it gets:
//!
//! - a *user* of its own, so that no other process of the machine is its to touch. Root leases one per guest from a range
//!   ([`UserRange`]); anybody else cannot have other users, and puts it under bubblewrap, which gives it a pid namespace
//!   in which no other process exists;
//! - a [`View`] in the place of the root folder: programs and libraries to read, two devices, and the guest's own kernel;
//!   no home, nothing of the daemon's, nothing that can be written;
//! - no capability, no supplementary group, and no way to gain any;
//! - [`Bounds`] on memory, processes, files and processor time, by a control group where the daemon was given one,
//!   and by resource limits always.
//!
//! Nothing here knows what the guest is for. The conversation with QEMU, and what it inherits, is the caller's.

mod bounds;
mod bubblewrap;
mod contain;
mod group;
mod own_user;
mod rehearse;
mod root;
mod settings;
mod summary;
mod view;

pub(in crate::vm) use contain::Containment;
pub(in crate::vm) use rehearse::rehearse;
pub use settings::{ContainmentSettings, UserRange};
pub(crate) use summary::take_stock;
pub use summary::{ContainedBy, ContainmentSummary, LimitedBy};
pub(in crate::vm) use view::{INITRAMFS, KERNEL};
