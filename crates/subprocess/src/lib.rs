//! Other programs, run within bounds.
//!
//! [`run`] starts one in a process group of its own and waits for it. What the program started ends with it, also when
//! it is cut off. This crate must not know what is run, or why it is to stop.

mod run;

pub use run::{Bounds, Ended, Unended, run};
