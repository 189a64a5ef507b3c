//! Label selectors.

use std::fmt;

use clawlets_model::{Labels, cattle};
use thiserror::Error;

/// The longest selector, in bytes, so that it fits a URL.
const LONGEST: usize = 1024;

/// Which of the listed things are meant, by their labels: `k`, `!k`, `k=v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, with a
/// comma for "and".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector(String);

/// A text that cannot be a label selector.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("label selector {0:?} is not valid: expected terms like key=value, separated by commas")]
pub struct InvalidSelector(String);

impl Selector {
    /// Selects everything.
    #[must_use]
    pub const fn everything() -> Self {
        Self(String::new())
    }

    /// Selects every disposable VM, of whichever orchestrator.
    #[must_use]
    pub fn cattle() -> Self {
        Self(cattle::SELECTOR.to_owned())
    }

    /// Reads a selector. Only its characters are checked: the provider knows the grammar.
    ///
    /// # Errors
    /// [`InvalidSelector`] when it is empty, longer than 1024 bytes, or has a character that no selector has.
    pub fn parse(text: &str) -> Result<Self, InvalidSelector> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"._/-=!,() ".contains(&b);
        if !text.is_empty() && text.len() <= LONGEST && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSelector(text.chars().take(80).collect()))
        }
    }

    /// Selects what carries all of these labels; no labels select everything.
    #[must_use]
    pub fn of(labels: &Labels) -> Self {
        let terms: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        Self(terms.join(","))
    }

    /// The selector as text; empty when it selects everything.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
