//! The steps of a deploy, in order, as a state machine.
//!
//! [`Machine::next`] says what to do, [`Machine::on`] takes what came of it. Before the first instance is touched, every host
//! is planned and judged, so that most refusals come while nothing has changed. Then one host after the other is planned
//! again, replaced, and watched until it does its work. The first failure ends the deploy.
//!
//! [`Record`] is what survives a crash. It is saved whenever it changes. What it says is held against the state of OpenTofu at
//! the beginning of each run: an instance that bears the name of the deploy was made by it and is not replaced again, even if
//! the record was lost.

mod machine;
mod record;

pub use machine::{Action, Event, Extent, Machine, Outcome, Unexpected};
pub use record::{HostRecord, Record, Stage};
