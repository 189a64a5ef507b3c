//! Locks: readers of a file share it, writers exclude everybody.
//!
//! What is locked is a file beside the file, which is never replaced: a lock on the file itself would be one on a version
//! that others no longer see.

mod held;
mod holder;

pub(crate) use held::{exclusive, shared};
pub use holder::Holder;
