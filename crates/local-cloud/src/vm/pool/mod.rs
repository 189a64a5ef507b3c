//! Guests that are nobody yet: restored from a template, rehearsed, paused, and claimed when a server is ordered. One more is
//! only restored: whoever finds no rehearsed one need not wait for an emulator to start.
//!
//! The pool is refilled in the background and never waited for. Whoever finds it empty, or an entry dead, makes a guest in
//! another way.

mod entry;
mod refill;
mod stock;

pub(super) use stock::Pool;
pub(crate) use stock::{PoolFolders, PoolView};
