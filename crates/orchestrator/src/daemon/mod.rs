//! What the parts of the daemon share, how it starts, and how it stops.

mod error;
mod run;
mod shared;
mod signals;
mod stop;

pub use error::StartError;
pub use run::run;
pub(crate) use shared::{JobError, Shared};
pub(crate) use signals::JobSignal;
