//! The records of deploys, on disk.
//!
//! One file for each request. Writing replaces the file as a whole, and one process at a time may deploy from a folder.

mod error;
mod folder;
mod form;

pub use error::ReceiptError;
pub use folder::{Hold, Receipts};
