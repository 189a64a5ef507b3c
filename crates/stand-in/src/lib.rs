//! A scripted orchestrator for the tests of its clients.
//!
//! [`StandIn`] listens on a unix socket in a folder of its own. Each route has a list of [`Answer`]s: they are given one
//! after the other, and the last one for ever. [`examples`] has jobs, VMs and results to answer with. [`Ran`] is a
//! program that was run against it; it fails the test when the program says what [`never_said`] registered.

mod answer;
pub mod examples;
mod exchange;
mod ran;
mod server;
mod tripwire;

pub use answer::Answer;
pub use exchange::Asked;
pub use ran::{Ran, program};
pub use server::StandIn;
pub use tripwire::never_said;
