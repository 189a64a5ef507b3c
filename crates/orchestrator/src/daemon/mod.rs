//! What the parts of the daemon share, how it starts, and how it stops.

mod clock;
mod error;
mod run;
mod shared;
mod signals;
mod stop;

pub(crate) use clock::Clock;
pub use error::StartError;
pub(crate) use run::cloud;
#[cfg(test)]
pub(crate) use run::look_after_jobs;
pub use run::run;
pub(crate) use shared::{JobError, Shared};
pub(crate) use signals::JobSignal;
