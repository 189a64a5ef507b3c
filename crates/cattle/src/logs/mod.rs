//! From a task's output to records at the orchestrator: read in lines, scrubbed, queued, shipped.
//!
//! Memory is bounded by [`QUEUE_BYTES`]. While the queue is full, output is not read, so the task waits instead of its
//! output being lost. Nothing here knows what a task is.

mod capture;
mod queue;
mod ship;
mod splitter;
mod tail;

pub use capture::{Captured, capture};
pub use queue::{Batch, LogQueue, QUEUE_BYTES};
pub use ship::Shipper;
pub use splitter::LineSplitter;
pub use tail::{OUTPUT_BYTES, Tail};
