//! The daemon: one per state directory, and what others do to it.

mod client;
mod down;
mod endpoint;
mod lock;
mod nobodies;
mod serve;
mod status;

pub use client::{register_image, resize_pool};
pub use down::{Down, down};
pub use endpoint::Endpoint;
pub use serve::serve;
pub use status::{ServerSummary, Status, status};
