//! What names a deploy.

use std::fmt;

use clawlets_model::ident::InvalidName;
use serde::{Deserialize, Serialize};

/// The name of one deploy: 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit.
///
/// Whoever asks twice under one name gets one deploy. It is a file name, a tag at AWS, and part of the name of a workflow
/// run, and is harmless in all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RequestId(String);

impl RequestId {
    /// Reads a name exactly as it is written.
    ///
    /// # Errors
    /// [`InvalidName`] when it does not follow the grammar.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        let is_word = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if begins && is_word && text.len() <= 64 {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidName {
            kind: "request id",
            text: text.chars().take(80).collect(),
            expected: "at most 64 letters, digits, '.', '-' and '_', beginning with a letter or digit",
        })
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for RequestId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::parse(text)
    }
}

impl TryFrom<String> for RequestId {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl From<RequestId> for String {
    fn from(id: RequestId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_would_be_something_else_elsewhere_are_refused() {
        for text in ["", ".", "..", "-rf", "a/b", "a b", "a\n", "$(id)", "a;b", "ä", &"a".repeat(65)] {
            assert!(RequestId::parse(text).is_err(), "{text:?}");
        }
        for text in ["1", "01KAH5Z0000000000000000001", "run-12.3_a", &"a".repeat(64)] {
            assert_eq!(RequestId::parse(text).unwrap().as_str(), text);
        }
    }

    proptest! {
        #[test]
        fn a_name_is_one_segment_of_a_path(text in any::<String>()) {
            if let Ok(id) = RequestId::parse(&text) {
                let path = std::path::Path::new(id.as_str());
                let plain: Vec<_> = path.components().collect();
                prop_assert!(matches!(plain[..], [std::path::Component::Normal(_)]));
                prop_assert_eq!(id.as_str(), text);
            }
        }
    }
}
