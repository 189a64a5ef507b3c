//! The name of a branch.

use std::fmt;

use thiserror::Error;

/// The longest name, in bytes.
const MAX: usize = 200;

/// The name of a branch that git accepts (`git check-ref-format --branch`), that is never an option, and that is no
/// name with a meaning of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchName(String);

/// A text that is no branch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a branch: git does not take this name")]
pub struct InvalidBranch(String);

impl BranchName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidBranch`].
    pub fn parse(text: &str) -> Result<Self, InvalidBranch> {
        let is_part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
        let is_forbidden =
            |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
        let is_branch = text.len() <= MAX
            && !text.starts_with('-')
            && !text.ends_with('.')
            && !text.contains("..")
            && !text.contains("@{")
            && !matches!(text, "@" | "HEAD")
            && !text.contains(is_forbidden)
            && text.split('/').all(is_part);
        if is_branch {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidBranch(text.chars().take(MAX).collect()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BranchName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether git itself takes it.
    fn git_takes(name: &str) -> bool {
        let mut git = std::process::Command::new("git");
        git.args(["check-ref-format", &format!("refs/heads/{name}")]).output().unwrap().status.success()
    }

    #[test]
    fn a_branch_is_what_git_takes_and_never_an_option() {
        for text in ["main", "release/1.2", "feature/a-b_c", "v1.0", "caf\u{e9}"] {
            assert!(BranchName::parse(text).is_ok() && git_takes(text), "{text}");
        }
        for text in [
            "",
            "-f",
            "--upload-pack=touch",
            "a..b",
            "a b",
            "a~1",
            "a^",
            "a:b",
            "a?",
            "a*",
            "[a",
            "a\\b",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a/.b",
            "a.lock",
            "a.lock/b",
            "a.",
            "@",
            "a@{1}",
            "HEAD",
            "a\u{7f}",
            "a\nb",
        ] {
            assert!(BranchName::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn git_takes_whatever_is_accepted(text in "[-a-z./@{}~^:?*\\[\\\\ ]{1,10}") {
            if let Ok(branch) = BranchName::parse(&text) {
                prop_assert!(git_takes(branch.as_str()), "{branch}");
            }
        }
    }
}
