//! What all values with a grammar have in common.

use thiserror::Error;

/// A text that does not follow the grammar of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{text:?} is not valid: expected {expected}")]
pub struct InvalidValue {
    /// The text, cut to 80 characters.
    pub text: String,
    /// The rule, in words.
    pub expected: &'static str,
}

impl InvalidValue {
    pub(crate) fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.chars().take(80).collect(), expected }
    }
}

/// Declares a text with a grammar: the rule in words, as a pattern for the schema, and as a function.
macro_rules! text_value {
    ($($(#[doc = $doc:literal])* $name:ident, $expected:literal, $pattern:literal, $rule:expr;)+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads a text exactly as it is written.
            ///
            /// # Errors
            /// [`InvalidValue`](crate::InvalidValue) when it does not follow the grammar.
            pub fn parse(text: &str) -> Result<Self, $crate::value::InvalidValue> {
                let rule: fn(&str) -> bool = $rule;
                if rule(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err($crate::value::InvalidValue::new(text, $expected))
                }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::value::InvalidValue;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text.trim())
            }
        }

        impl $crate::form::Text for $name {
            fn parse(text: &str) -> Result<Self, String> {
                Self::parse(text).map_err(|error| error.expected.to_owned())
            }
            fn text(&self) -> String {
                self.0.clone()
            }
            fn schema() -> serde_json::Value {
                serde_json::json!({ "type": "string", "pattern": $pattern })
            }
        }
    )+};
}
pub(crate) use text_value;
