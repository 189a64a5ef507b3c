//! The life of a machine from its birth to its report, strung together.
//!
//! `birth` turns an identity into a session, `watch` holds the task against its limits, `report` says how it went.
//! How the machine itself ends is the caller's business.

mod birth;
mod error;
mod life;
mod report;
mod watch;

pub use error::LifeError;
pub use life::{Circumstances, live};
pub use report::Verdict;
pub use watch::{Outcome, Stop};

use crate::clock::since_boot;

/// The text of a record that marks a step, with the time since the kernel started, so that a timeline can be drawn.
#[must_use]
pub fn milestone(step: &str) -> String {
    let now = since_boot();
    format!("{step} at {}.{:03} s", now.as_secs(), now.subsec_millis())
}
