//! The secrets of the system that runs, opened: in memory, each in a file of its own, all of them at once or none.
//!
//! ```text
//! /run/clawlets/secrets       -> secrets.d/<number>
//! /run/clawlets/secrets.d/7/<secret>     plaintext, 0400 unless it has an owner
//! ```
//!
//! A set is written beside the one in use, and the link changes over when it is whole. Whoever has a file of the former
//! set open keeps it; the set itself is removed.

mod activate;
mod all;
mod decrypt;
mod error;
mod generation;
mod owner;

pub use activate::{Activated, Origin, activate};
pub(super) use all::{bundle_of, put_all_in_use};
pub use error::ActivateError;
pub(super) use generation::{Ready, put_in_use};
