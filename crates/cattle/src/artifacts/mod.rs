//! What the task leaves behind, brought to the orchestrator.
//!
//! The workspace belongs to somebody who may be hostile: it is walked without following a link, and only regular files
//! are opened. Nothing here decides how the task ended.

mod select;
mod upload;

pub use select::{Selection, select};
pub use upload::upload;
