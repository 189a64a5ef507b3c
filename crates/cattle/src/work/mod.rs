//! What the machine was made for: the order, the task, the persona and the inputs.
//!
//! The archive comes from the orchestrator, but it is read as if an enemy had written it. Nothing here runs anything.

mod archive;
mod error;
mod workspace;

pub use archive::{Work, unpack};
pub use error::WorkError;
pub use workspace::{Owner, prepare};
