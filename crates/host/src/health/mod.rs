//! The checks of a probation: each is tried again and again, all at once, until there is a verdict.

mod gateway;
mod look;
mod room;
mod watch;

pub use gateway::{Account, Complaint};
pub use look::{Looker, probe};
pub use room::has_room;
pub use watch::watch;
