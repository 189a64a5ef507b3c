//! Names in the memory.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Limits;

/// The path of a file in the memory: relative, with parts of ASCII letters, digits and `._-+@=,` that begin with a
/// letter, a digit or `_`.
///
/// Other scripts are refused although file systems take them: every bot may make files, and a name that looks like
/// another one would be read in its place. Names that begin with a dot are the memory's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemoryPath(String);

/// A path that is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the path {path:?} is refused: {rule}")]
pub struct InvalidPath {
    /// The path as it came, cut to 80 characters.
    pub path: String,
    /// The rule that it breaks.
    pub rule: &'static str,
}

impl MemoryPath {
    /// Reads a path.
    ///
    /// # Errors
    /// [`InvalidPath`] names the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidPath> {
        match broken_rule(text) {
            None => Ok(Self(text.to_owned())),
            Some(rule) => Err(InvalidPath { path: text.chars().take(80).collect(), rule }),
        }
    }

    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names of the folders that lead to the file, outermost first.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &str> {
        let end = self.0.rfind('/').unwrap_or(0);
        self.0[..end].split('/').filter(|part| !part.is_empty())
    }

    /// The name of the file in its folder.
    pub(crate) fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The file beside it that is locked. It is never replaced, so that the lock survives the file.
    pub(crate) fn lock_name(&self) -> String {
        format!(".{}.lock", self.name())
    }

    /// The file beside it in which its next version is written. There is one name only, since there is one writer only:
    /// what a writer that died left behind is overwritten by the next one.
    pub(crate) fn next_name(&self) -> String {
        format!(".{}.next", self.name())
    }

    /// Whether it is `other`, or lies below it.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The path of a name in this folder.
    pub(crate) fn join(&self, name: &str) -> Result<Self, InvalidPath> {
        Self::parse(&format!("{}/{name}", self.0))
    }
}

fn broken_rule(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.len() > Limits::PATH {
        return Some("it is longer than 1024 bytes");
    }
    if text.starts_with('/') {
        return Some("it is absolute; paths begin at the memory's root");
    }
    if text.split('/').count() > Limits::DEPTH {
        return Some("it has more than 16 parts");
    }
    text.split('/').find_map(broken_rule_of_name)
}

fn broken_rule_of_name(name: &str) -> Option<&'static str> {
    if matches!(name, "." | "..") {
        return Some("'.' and '..' lead to other places than they seem to");
    }
    if name.is_empty() {
        return Some("a part of it is empty");
    }
    if name.len() > Limits::NAME {
        return Some("a part of it is longer than 200 bytes");
    }
    if name.starts_with('.') {
        return Some("names that begin with a dot are the memory's own");
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.chars().all(|c| is_plain(c) || "._-+@=,".contains(c)) {
        return Some("names are made of the letters a to z, digits, and '._-+@=,'");
    }
    (!name.starts_with(is_plain)).then_some("a name begins with a letter, a digit or '_'")
}

impl fmt::Display for MemoryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for MemoryPath {
    type Err = InvalidPath;
    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        Self::parse(text)
    }
}

impl TryFrom<String> for MemoryPath {
    type Error = InvalidPath;
    fn try_from(text: String) -> Result<Self, InvalidPath> {
        Self::parse(&text)
    }
}

impl From<MemoryPath> for String {
    fn from(path: MemoryPath) -> Self {
        path.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_the_memory_holds_has_a_path() {
        for path in
            ["index.md", "daily/2026-11-21_web-1.md", "discord/general.md", "_draft", "a/b+c@d=e,f.md"]
        {
            let parsed = MemoryPath::parse(path).unwrap();
            assert_eq!(parsed.as_str(), path);
            let folders: String = parsed.folders().map(|folder| format!("{folder}/")).collect();
            assert_eq!(folders + parsed.name(), path);
        }
    }

    #[test]
    fn what_could_lead_elsewhere_or_look_like_something_else_is_refused() {
        let long_name = "n".repeat(201);
        let deep = "d/".repeat(16) + "file";
        let long = "abcdefg/".repeat(8) + &"n".repeat(1_000);
        for path in [
            "",
            "/etc/passwd",
            "..",
            "../x",
            "a/../b",
            "a/..",
            "./a",
            "a//b",
            "a/",
            ".hidden",
            ".clawlets/log/1.jsonl",
            "a/.index.md.lock",
            "a\0b",
            "a\nb",
            "a b",
            "a\\..\\b",
            "-rf",
            "+x",
            "pr\u{43e}ject.md",
            "\u{ff0e}\u{ff0e}/x",
            "a\u{2215}b",
            "a\u{202e}dm.x",
            "a\u{200b}.md",
            "caf\u{e9}.md",
            "%2e%2e/x",
            "~/x",
            "$HOME",
            &long_name,
            &deep,
            &long,
        ] {
            assert!(MemoryPath::parse(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn a_path_is_within_itself_and_its_folders_only() {
        let path = |text| MemoryPath::parse(text).unwrap();
        assert!(path("a/b").is_within(&path("a")) && path("a").is_within(&path("a")));
        assert!(!path("ab").is_within(&path("a")) && !path("a").is_within(&path("a/b")));
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_stays_below_its_root(text in "[a-c./ \\\\\u{0}-\u{ff}]{0,40}") {
            if let Ok(path) = MemoryPath::parse(&text) {
                let joined = std::path::Path::new("/memory").join(path.as_str());
                prop_assert!(joined.starts_with("/memory"));
                let normal = |part: std::path::Component<'_>| matches!(
                    part,
                    std::path::Component::Normal(_) | std::path::Component::RootDir
                );
                prop_assert!(joined.components().all(normal));
                prop_assert!(path.folders().chain([path.name()]).all(|part| !part.starts_with('.')));
            }
        }
    }
}
