//! The boot of an image-based host as a state machine: pure, so that every order of events can be tried.
//!
//! `metadata → bundle → verified → secrets → repos → memory → token → gateway → ready`. A phase that was cut off is
//! repeated. A bundle that cannot be had or is not believed changes nothing: a host that boots goes on with the one that it
//! had, a host that runs keeps running with it.

mod phase;
mod state;
mod step;

pub use phase::Phase;
pub use state::{Failure, FailureKind, Identity, State};
pub use step::{Effect, Event, step};
