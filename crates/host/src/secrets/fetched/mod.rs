//! Secrets from AWS' Secrets Manager, fetched with the role of the instance.
//!
//! ```text
//! /run/clawlets/secrets-fetched           -> secrets-fetched.d/<number>
//! /run/clawlets/secrets-fetched.json      which version each is of
//! ```
//!
//! They lie in memory, 0400, in a set of their own; the set in use, `/run/clawlets/secrets`, holds them and what the bundle
//! of the system brings. A set is replaced when all of a newer one was fetched and looks right, and not before.

mod error;
mod fetch;
mod look;
mod set;

pub use error::FetchError;
pub use fetch::{Refreshed, refresh};
pub(super) use set::{fetched_key, held};
