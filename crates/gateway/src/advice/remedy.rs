//! What makes a setting right.

use serde::Serialize;
use serde_json::Value;

/// What makes a setting right.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Another value.
    Set(Value),
    /// Nothing in its place.
    Remove,
    /// Another name for the same value.
    Rename(&'static str),
    /// A person must decide.
    ByHand,
}

impl Remedy {
    /// Whether it can be done without a decision.
    #[must_use]
    pub const fn is_safe(&self) -> bool {
        match self {
            Self::Set(_) | Self::Remove | Self::Rename(_) => true,
            Self::ByHand => false,
        }
    }
}
