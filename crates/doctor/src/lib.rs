//! Finds what is missing or wrong in a project, and says how to mend it.
//!
//! [`CHECKS`] is the table of everything that is looked at. [`examine`] runs some of them on a [`Subject`] and gives a
//! [`Report`]; scopes are independent of each other. A [`Verdict`] that is a problem names a cause and a [`Fix`], and,
//! where that is safe, a [`Mend`] that does it. What must be known of the machine is asked of a [`Machine`].

mod check;
mod checks;
mod examine;
mod fix;
mod machine;
mod mend;
mod network;
mod process;
mod scope;
mod secrets;
mod subject;
mod verdict;

pub use check::{CHECKS, Check, Severity};
pub use examine::{Examined, Report, Tally, Wanted, examine};
pub use fix::Fix;
pub use machine::{Answer, Machine, Presence, Trouble};
pub use mend::Mend;
pub use scope::Scope;
pub use subject::Subject;
pub use verdict::{Finding, Verdict};
