//! Names of the files that a task is given and of those that it leaves behind.

use std::fmt;

use crate::ident::InvalidName;

/// A relative path of at most 8 segments of `[A-Za-z0-9._-]`, none of them `.` or `..`. Safe to join to a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArtifactName(String);

impl ArtifactName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidName`] when it does not follow the grammar or is longer than 255 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let segment = |s: &str| {
            !s.is_empty()
                && s != "."
                && s != ".."
                && s.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        };
        if text.len() <= 255 && text.split('/').count() <= 8 && text.split('/').all(segment) {
            Ok(Self(text.to_owned()))
        } else {
            let expected =
                "a relative path of at most 8 segments of letters, digits, dots, underscores and dashes";
            Err(InvalidName::new("file name", text, expected))
        }
    }

    /// The name as text, segments separated by `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ArtifactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ArtifactName {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl From<ArtifactName> for String {
    fn from(name: ArtifactName) -> String {
        name.0
    }
}

impl schemars::JsonSchema for ArtifactName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ArtifactName".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "maxLength": 255,
            "pattern": "^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,7}$"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for bad in
            ["", ".", "..", "a/../b", "/etc/passwd", "a//b", "a/", "./a", "a\\b", "a\0b", "1/2/3/4/5/6/7/8/9"]
        {
            assert!(ArtifactName::parse(bad).is_err(), "{bad:?}");
        }
        assert!(ArtifactName::parse("out/report-1.json").is_ok());
    }

    proptest! {
        #[test]
        fn a_name_joined_to_a_folder_stays_in_it(text in "[a./\\\\-]{0,24}") {
            if let Ok(name) = ArtifactName::parse(&text) {
                let path = std::path::Path::new(name.as_str());
                prop_assert!(path.components().all(|c| matches!(c, std::path::Component::Normal(_))));
            }
        }
    }
}
