//! What is wrong with a table.

use std::fmt;

use thiserror::Error;

/// One line that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it and what was expected.
    pub what: String,
}

/// Why a table cannot be used. All lines that are wrong come at once.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// It is larger than any that people write.
    #[error("the table has {bytes} bytes, which is more than {limit}")]
    TooLarge {
        /// How large it is, in bytes.
        bytes: usize,
        /// How large it may be, in bytes.
        limit: usize,
    },
    /// It is not UTF-8.
    #[error("the table is not UTF-8")]
    NotText,
    /// Lines are wrong.
    #[error("{}", joined(.0))]
    Lines(Vec<LineProblem>),
}

impl fmt::Display for LineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

fn joined(problems: &[LineProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
