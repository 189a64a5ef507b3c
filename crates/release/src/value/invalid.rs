//! The one error of all small values, and what they share.

use thiserror::Error;

/// A text or number that breaks the rule of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{kind} {text:?} is not valid: expected {expected}")]
pub struct InvalidValue {
    /// What it was meant to be, as people call it.
    pub kind: &'static str,
    /// The value as it came, cut to 80 characters.
    pub text: String,
    /// The rule, in words.
    pub expected: &'static str,
}

impl InvalidValue {
    pub(crate) fn new(kind: &'static str, text: &str, expected: &'static str) -> Self {
        Self { kind, text: text.chars().take(80).collect(), expected }
    }
}

/// Text values read and write as strings, and parse nothing but their own grammar.
macro_rules! as_text {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = $crate::value::InvalidValue;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.to_string()
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::value::InvalidValue;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text.trim())
            }
        }
    };
}
pub(crate) use as_text;
