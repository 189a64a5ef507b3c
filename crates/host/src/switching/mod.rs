//! A switch, in a process that outlives the updater.
//!
//! A switch restarts services, and the updater may be one of them. So the updater only orders it: it writes down what is
//! to be run, starts [`carry_out`] through the launcher of its configuration, and reads the result when there is one. An
//! updater that starts again in between finds the order, and waits for the same switch instead of beginning another.

mod job;
mod order;
mod result;

pub use job::carry_out;
pub use order::{Action, Key, Switches};
pub use result::SwitchError;
