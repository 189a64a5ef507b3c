//! The shared memory, as programs open it: where it is, under whose rules, and without hanging with it.

mod fault;
mod place;

pub use fault::{of_memory, of_policy};
pub use place::{Patience, Place};
