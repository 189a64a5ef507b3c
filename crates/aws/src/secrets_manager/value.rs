//! What a secret is to its readers.

use std::fmt;

use clawlets_model::Secret;

/// The name of a secret: 1 to 512 of letters, digits and `/_+=.@-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

impl SecretName {
    /// Reads one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_name = (1..=512).contains(&text.len())
            && text.bytes().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'=' | b'.' | b'@' | b'-')
            });
        is_name.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which version of a secret is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretVersion {
    /// The one that counts: stage `AWSCURRENT`.
    Current,
    /// The one at this stage, such as `AWSPREVIOUS`.
    Stage(String),
    /// The one of this id.
    Id(String),
}

/// A secret as it was read.
#[derive(Debug, Clone)]
pub struct SecretValue {
    /// Its name.
    pub name: String,
    /// The version that it is.
    pub version: String,
    /// The stages of this version.
    pub stages: Vec<String>,
    /// What it is.
    pub value: Secret<Vec<u8>>,
}

/// A secret in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretSummary {
    /// Its name.
    pub name: String,
    /// The version that counts, where the provider said so.
    pub current_version: Option<String>,
}
