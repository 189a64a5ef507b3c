//! Files of earlier versions: what their keys are called now.
//!
//! One way of bringing a tree to the current version serves both the reader, which does it in memory, and [`migrate`],
//! which writes the outcome. Values keep the path under which they were written, so that problems name what the user
//! sees.

mod discord;
mod edit;
mod hosts;
mod migration;
mod names;
mod retired;
mod secrets;
mod ssh_keys;
mod updates;

pub(crate) use migration::upgrade;
pub use migration::{Migrated, migrate};
