//! What was found, and where.

use serde::Serialize;

/// Something that must not enter the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The file, with slashes, from the root of the repository.
    pub path: String,
    /// The line, from 1; 0 when it is the file as a whole.
    pub line: usize,
    /// What kind of thing it is.
    pub rule: Rule,
    /// More about it, never the thing itself: the name of a token's issuer, a key in a YAML file.
    pub detail: String,
    /// The commit that brings it in, in hex; empty when it is not in a commit yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub commit: String,
}

/// The kinds of things that are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A file of the operator's machine: runtime state, keys, state of other tools.
    ForbiddenPath,
    /// A private key, by its content.
    PrivateKey,
    /// A token whose form tells who issued it.
    Token,
    /// A value that looks random, given to a name that sounds secret.
    Assignment,
    /// A value in a SOPS file that is not encrypted, or a file that should be a SOPS file and is not.
    NotEncrypted,
    /// A file that is too large to be looked at.
    TooLarge,
}

impl Rule {
    /// What it means, as the end of "this is …".
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::ForbiddenPath => "a file that stays on the operator's machine",
            Self::PrivateKey => "a private key",
            Self::Token => "a token",
            Self::Assignment => "what looks like a secret in plain text",
            Self::NotEncrypted => "a value that is not encrypted",
            Self::TooLarge => "a file too large to be checked",
        }
    }
}

impl Finding {
    pub(crate) fn new(path: &str, line: usize, rule: Rule, detail: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, detail: detail.into(), commit: String::new() }
    }
}
