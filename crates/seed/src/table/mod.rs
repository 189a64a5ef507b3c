//! Tables that people write: one line each, columns separated by tabs, comments behind `#` at the beginning of a line.

mod error;
mod rows;

pub use error::{LineProblem, TableError};
pub(crate) use rows::{Row, rows};
