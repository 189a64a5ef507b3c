//! Reads: one job and what it carries, references to jobs, listings, counts.

mod counts;
mod find;
mod list;
mod one;
mod positions;

pub use counts::Counts;
pub use find::{Found, Scope};
pub use list::{Cursor, Filter, MAX_PAGE, MalformedCursor, Page};

pub(super) use counts::{counts, queued};
pub(super) use find::find;
pub(super) use list::{active_vms, list};
pub(super) use one::{events, get, payload, result};
pub(super) use positions::positions;
