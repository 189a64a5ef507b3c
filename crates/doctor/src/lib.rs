//! Finds what is missing or wrong in a project, and says how to mend it.
//!
//! [`CHECKS`] is the table of everything that is looked at. [`examine`] runs the checks of some [`Scope`]s on a
//! [`Subject`] and gives a [`Report`]; scopes are independent of each other. A [`Verdict`] that is a problem names a
//! cause and a command that mends it, and, where that is safe, a [`Mend`] that does.

mod check;
mod checks;
mod examine;
mod mend;
mod network;
mod scope;
mod subject;
mod verdict;

pub use check::{CHECKS, Check, Severity};
pub use examine::{Examined, Report, Tally, examine};
pub use mend::Mend;
pub use scope::Scope;
pub use subject::{Presence, Subject};
pub use verdict::{Finding, Verdict};
