//! Objects.

mod client;
mod list;
mod object;

pub use client::S3;
pub use list::Listed;
pub use object::{Object, PutCondition, Received, Stored, Upload};
