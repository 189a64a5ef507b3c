//! A scripted orchestrator for the tests of its clients.
//!
//! [`StandIn`] listens on a unix socket in a folder of its own. Each route has a list of [`Answer`]s: they are given one
//! after the other, and the last one for ever. [`examples`] has jobs, VMs and results to answer with.

mod answer;
pub mod examples;
mod exchange;
mod server;

pub use answer::Answer;
pub use exchange::Asked;
pub use server::StandIn;
