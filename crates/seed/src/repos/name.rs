//! The name of a copy.

use std::fmt;

use thiserror::Error;

/// The longest name, in bytes.
const MAX: usize = 100;

/// The name of a repository's copy, which is the name of its folder: up to 100 letters, digits, dots, dashes and
/// underscores, the first one a letter or a digit. So it is one component of a path, never hidden, and never an option.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoName(String);

/// A text that is no such name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is not a name for a copy: expected up to {MAX} letters, digits, dots, dashes and underscores, beginning with a letter or a digit"
)]
pub struct InvalidRepoName(String);

impl RepoName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidRepoName`].
    pub fn parse(text: &str) -> Result<Self, InvalidRepoName> {
        let is_name = text.len() <= MAX
            && text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        if is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRepoName(text.chars().take(MAX).collect()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn a_name_leads_nowhere_else() {
        for text in ["clawlets", "a.b-c_d", "0", "A..B"] {
            assert!(RepoName::parse(text).is_ok(), "{text}");
        }
        for text in [
            "",
            ".",
            "..",
            "../name",
            "a/b",
            "a\\b/",
            "/etc",
            "-rf",
            ".git",
            "a b",
            "caf\u{e9}",
            "a\0",
            "a\n",
        ] {
            assert!(RepoName::parse(text).is_err(), "{text:?}");
        }
        assert!(RepoName::parse(&"x".repeat(101)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_one_plain_component(text in "[-./a-z\\\\~\u{0}\u{2044} ]{0,12}") {
            if let Ok(name) = RepoName::parse(&text) {
                let components: Vec<_> = Path::new(name.as_str()).components().collect();
                prop_assert!(matches!(components[..], [Component::Normal(_)]));
                prop_assert!(!name.as_str().starts_with(['-', '.']));
            }
        }
    }
}
