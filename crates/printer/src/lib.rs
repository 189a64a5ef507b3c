//! The only door to the terminal.
//!
//! Standard output is data, standard error is talk. Programs hand over values; this crate decides how they look: for a
//! person or as JSON, with or without colour, on a terminal or in a pipe. It reads no environment itself except
//! through `anstream`, which follows `NO_COLOR` and `CLICOLOR`.

mod code;
mod count;
mod fault;
mod hidden;
mod interruptible;
mod plain;
mod printer;
mod prompt;
mod spinner_line;
mod step;
mod table;
mod time;

pub use code::FaultCode;
pub use count::count;
pub use fault::Fault;
pub use plain::plain;
pub use printer::{Form, Printer};
pub use prompt::Answer;
pub use step::Step;
pub use table::Table;
pub use time::{ago, seconds};
