//! What the updater keeps: its state, the floor in two places, the status for whoever asks, and orders.
//!
//! Every file is replaced as a whole, and is on the disk before anything follows from it.

mod atomic;
mod error;
mod orders;
mod report;
mod store;

pub use atomic::{make_folder, replace};
pub use error::RecordsError;
pub use orders::{Orders, read_order};
pub use report::Report;
pub use store::{Loaded, Lock, Records};
