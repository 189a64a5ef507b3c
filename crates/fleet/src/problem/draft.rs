//! A problem before its place is known.

use super::{Problem, ProblemCode, Strictness};
use crate::json::{JsonPath, Position};

/// What is wrong, in words that fit behind a path: `is not a host name`.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) code: ProblemCode,
    what: String,
    expected: Option<String>,
    found: Option<String>,
    suggestion: Option<String>,
}

impl Draft {
    pub(crate) fn new(code: ProblemCode, what: impl Into<String>) -> Self {
        Self { code, what: what.into(), expected: None, found: None, suggestion: None }
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(crate) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    pub(crate) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }

    pub(crate) fn at(self, path: JsonPath, position: Position) -> Problem {
        let message = match &self.expected {
            Some(expected) => format!("{}: expected {expected}", self.what),
            None => self.what,
        };
        Problem {
            path,
            code: self.code,
            severity: self.code.severity(Strictness::Lenient),
            message,
            expected: self.expected,
            found: self.found,
            suggestion: self.suggestion,
            line: position.line,
            column: position.column,
        }
    }
}
