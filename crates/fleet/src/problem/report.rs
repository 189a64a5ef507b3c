//! A problem, and all problems of a file.

use std::fmt;

use thiserror::Error;

use super::{ProblemCode, Severity, Strictness};
use crate::json::{JsonPath, Position};

/// One thing that is wrong with a declaration.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Where it is. In a file of an earlier version: where it stands in that file.
    pub path: JsonPath,
    /// Its kind.
    pub code: ProblemCode,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what was expected, in words that fit behind the path.
    pub message: String,
    /// What was expected, where that can be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The value that stands there, cut to a line; `<redacted>` where it is or may be a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
}

impl Problem {
    /// Where it stands in the text.
    #[must_use]
    pub const fn position(&self) -> Position {
        Position { line: self.line, column: self.column }
    }

    /// The same problem, weighed by this measure.
    #[must_use]
    pub fn weighed(mut self, strictness: Strictness) -> Self {
        self.severity = self.code.severity(strictness);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_root() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "; did you mean '{suggestion}'?")?;
        }
        Ok(())
    }
}

/// A declaration that is refused, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct InvalidFleet {
    /// At least one error, and the warnings, in the order of the text.
    pub problems: Vec<Problem>,
}

impl InvalidFleet {
    /// The problems for which the file is refused.
    pub fn errors(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| problem.severity == Severity::Error)
    }
}

impl fmt::Display for InvalidFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut errors = self.errors();
        if let Some(first) = errors.next() {
            write!(f, "line {}, column {}: {first}", first.line, first.column)?;
        }
        match errors.count() {
            0 => Ok(()),
            1 => f.write_str(" (and 1 more error)"),
            more => write!(f, " (and {more} more errors)"),
        }
    }
}
