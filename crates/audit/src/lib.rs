//! An append-only, hash-chained log of decisions.
//!
//! An [`Entry`] is one decision. A [`Line`](chain::line) of the log holds it with its number, the hash of the line
//! before, and its own hash, so that nobody can change, take out or put in a line without breaking the chain behind it;
//! [`verify`] finds where. Whoever replaces the whole tail is found by a [`Head`] that was published before.
//!
//! [`FileLog`] keeps the chain in a file. It refuses to write where that was changed by somebody, so that whoever must
//! log before they act does not act then. [`table`] says how the chain lies in a table instead.
//!
//! This crate must not know what the decisions are about, the environment, or the clock.

pub mod chain;
mod entry;
mod file;
pub mod table;
mod verify;

pub use chain::{Head, InvalidHead, Unlinked};
pub use entry::{Decision, Entry, Face, Kind};
pub use file::{AuditError, FileLog};
pub use verify::{BrokenChain, Fault, Verified, Verifier, verify};
