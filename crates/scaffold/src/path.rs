//! Where a file of a template goes.

use std::{fmt, path::Path};

use crate::error::ScaffoldError;

/// A path below the target: segments between slashes, none of them `.` or `..`, nothing of git's own and nothing of the
/// operator's runtime folder. A value that exists is safe to write to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TemplatePath(String);

impl TemplatePath {
    /// Reads a path as a template has it.
    ///
    /// # Errors
    /// [`ScaffoldError::Path`] when it could leave the target, or names `.git` or `.clawlets`.
    pub fn parse(text: &str) -> Result<Self, ScaffoldError> {
        let refuse = |reason| ScaffoldError::Path { path: text.escape_debug().to_string(), reason };
        if text.len() > 1024 {
            return Err(refuse("is longer than 1024 bytes"));
        }
        if text.chars().any(|letter| letter.is_control() || letter == '\\') {
            return Err(refuse("has a letter that a file name should not have"));
        }
        for segment in text.split('/') {
            match segment {
                "" => return Err(refuse("is absolute or has an empty segment")),
                "." | ".." => return Err(refuse("could leave the folder")),
                // Some file systems take `.GIT` for `.git`.
                _ if segment.eq_ignore_ascii_case(".git") => return Err(refuse("belongs to git")),
                _ if segment.len() > 255 => return Err(refuse("has a segment of more than 255 bytes")),
                _ => {}
            }
        }
        if text.split('/').next().is_some_and(|first| first.eq_ignore_ascii_case(".clawlets")) {
            return Err(refuse("belongs to the operator's runtime"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The path with slashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<Path> for TemplatePath {
    fn as_ref(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl fmt::Display for TemplatePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::Component;

    #[test]
    fn what_leaves_the_target_or_is_not_the_templates_is_refused() {
        let refused = [
            "",
            "/etc/passwd",
            "../up",
            "a/../b",
            "a/./b",
            "a//b",
            "a/",
            ".git/config",
            "x/.Git/hooks/pre-commit",
            ".clawlets/env",
            "a\\b",
            "a\nb",
            "a\0b",
            &"x".repeat(256),
            &"x/".repeat(600),
        ];
        for text in refused {
            assert!(TemplatePath::parse(text).is_err(), "{text:?}");
        }
        for text in [".gitignore", ".github/workflows/check.yml", "fleet/clawlets.json", "a..b", "...", "é"]
        {
            assert_eq!(TemplatePath::parse(text).unwrap().as_str(), text);
        }
    }

    proptest! {
        #[test]
        fn a_path_that_is_accepted_stays_below_the_target(text in "\\PC{0,40}|([a./]|\\.\\.){0,12}") {
            if let Ok(path) = TemplatePath::parse(&text) {
                let path: &Path = path.as_ref();
                prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
