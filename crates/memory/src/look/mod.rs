//! Looking around: which files there are, and which lines hold a text.

mod list;
mod search;

pub use list::{FileEntry, Listing};
pub use search::{Found, Hit, Query, QueryError};
