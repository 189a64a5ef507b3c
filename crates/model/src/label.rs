//! Labels of a cloud server: keys, values, and slugs for free text.

use std::{collections::BTreeMap, fmt};

use sha2::{Digest, Sha256};

use crate::ident::InvalidName;

/// The longest label key or value, in bytes.
pub const MAX_LABEL: usize = 63;

fn label_text(text: &str, inner: fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= MAX_LABEL
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|b| inner(*b))
}

fn value_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-')
}

/// The key of a label: at most 63 of `[A-Za-z0-9._/-]`, first and last alphanumeric, not empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelKey(String);

/// The value of a label: empty, or at most 63 of `[A-Za-z0-9._-]`, first and last alphanumeric.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct LabelValue(String);

/// The labels of one server, in key order.
pub type Labels = BTreeMap<LabelKey, LabelValue>;

impl LabelKey {
    /// Reads a label key.
    ///
    /// # Errors
    /// [`InvalidName`] when it does not follow the grammar.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        if label_text(text, |b| value_byte(b) || b == b'/') {
            Ok(Self(text.to_owned()))
        } else {
            let expected = "1 to 63 letters, digits, dots, slashes, underscores and dashes, first and last a letter or digit";
            Err(InvalidName::new("label key", text, expected))
        }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl LabelValue {
    /// Reads a label value.
    ///
    /// # Errors
    /// [`InvalidName`] when it does not follow the grammar.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        if text.is_empty() || label_text(text, value_byte) {
            Ok(Self(text.to_owned()))
        } else {
            let expected =
                "at most 63 letters, digits, dots, underscores and dashes, first and last a letter or digit";
            Err(InvalidName::new("label value", text, expected))
        }
    }

    /// A label value for any text: the text itself if it is one, else its slug, else `h-` and 16 hex digits of its
    /// SHA-256. The same text always gives the same value.
    #[must_use]
    pub fn from_free_text(text: &str) -> Self {
        if let Ok(value) = Self::parse(text) {
            return value;
        }
        match slug(text, MAX_LABEL) {
            Some(slug) => Self(slug),
            None => Self(format!("h-{}", &hex::encode(Sha256::digest(text))[..16])),
        }
    }

    /// A whole number as a label value.
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        Self(number.to_string())
    }

    /// The value as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lower-case letters and digits of `text` with single dashes between, at most `max` characters; `None` when no
/// letter or digit remains.
#[must_use]
pub fn slug(text: &str, max: usize) -> Option<String> {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(max);
    let out = out.trim_end_matches('-');
    (!out.is_empty()).then(|| out.to_owned())
}

macro_rules! text_conversions {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}
text_conversions!(LabelKey);
text_conversions!(LabelValue);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_without_a_letter_or_digit_becomes_a_hash() {
        let value = LabelValue::from_free_text("—!—");
        assert!(value.as_str().starts_with("h-") && value.as_str().len() == 18, "{value}");
    }

    proptest! {
        #[test]
        fn free_text_always_gives_a_valid_value(text in "\\PC{0,200}") {
            let value = LabelValue::from_free_text(&text);
            prop_assert!(LabelValue::parse(value.as_str()).is_ok());
        }
    }
}
