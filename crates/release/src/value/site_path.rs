//! Where a document lies, seen from the pointer.

use std::fmt;

use super::{InvalidValue, invalid::as_text};

/// A path relative to the pointer's folder: at most 8 segments of `[A-Za-z0-9._-]`, none beginning with a dot, at most
/// 255 bytes. It leads nowhere else: no scheme, no `..`, no absolute path, no query.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SitePath(String);

impl SitePath {
    /// Reads a path.
    ///
    /// # Errors
    /// [`InvalidValue`] when it breaks the rule.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let is_segment = |s: &str| !s.is_empty() && !s.starts_with('.') && s.bytes().all(is_plain);
        if text.len() <= 255 && text.split('/').count() <= 8 && text.split('/').all(is_segment) {
            Ok(Self(text.to_owned()))
        } else {
            let expected =
                "a relative path of letters, digits, dots, underscores and dashes, at most 255 bytes";
            Err(InvalidValue::new("path", text, expected))
        }
    }

    /// The path as text, segments separated by `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

as_text!(SitePath);

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
