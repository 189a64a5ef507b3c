//! The daemon: one per state directory, and what others do to it.

mod client;
mod down;
mod endpoint;
mod lock;
mod serve;
mod status;

pub use client::register_image;
pub use down::{Down, down};
pub use endpoint::Endpoint;
pub use serve::serve;
pub use status::{ServerSummary, Status, status};
