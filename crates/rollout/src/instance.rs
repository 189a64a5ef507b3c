//! The id of an instance.

use std::fmt;

use clawlets_model::ident::InvalidName;
use serde::{Deserialize, Serialize};

/// An instance at AWS: `i-` and 8 to 17 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceId(String);

impl InstanceId {
    /// Reads an id exactly as it is written.
    ///
    /// # Errors
    /// [`InvalidName`] when it does not follow the grammar.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let digits = text.strip_prefix("i-").unwrap_or_default();
        let is_hex = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex && (8..=17).contains(&digits.len()) {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidName {
            kind: "instance",
            text: text.chars().take(80).collect(),
            expected: "an id such as i-0123456789abcdef0",
        })
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for InstanceId {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl From<InstanceId> for String {
    fn from(id: InstanceId) -> Self {
        id.0
    }
}
