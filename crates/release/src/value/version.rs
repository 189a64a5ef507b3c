//! Versions of the updater.

use std::fmt;

use super::{InvalidValue, invalid::as_text};

/// A version of the updater, `1.2.3`: three numbers below 2^32, without leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version([u32; 3]);

impl Version {
    /// Reads a version.
    ///
    /// # Errors
    /// [`InvalidValue`] when it is not three numbers with dots between.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let mut numbers = [0; 3];
        let mut parts = text.split('.');
        for number in &mut numbers {
            *number = parts.next().and_then(|part| part.parse().ok()).unwrap_or_default();
        }
        let version = Self(numbers);
        // What was read must write the same: no sign, no leading zero, nothing missing and nothing behind.
        if version.to_string() == text {
            Ok(version)
        } else {
            Err(InvalidValue::new("version", text, "three numbers such as '1.2.3'"))
        }
    }
}

as_text!(Version);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(Version::parse("0.10.0").unwrap() > Version::parse("0.9.12").unwrap());
        for text in ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.+3", "1.2.3-rc1", "1.2.4294967296", "v1.2.3"] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }
}
