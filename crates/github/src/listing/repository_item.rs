//! The repositories of an organisation.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::Repository;

/// The longest name of an organisation, in bytes.
const MAX: usize = 39;

/// The name of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Owner(String);

/// A text that is no name of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no organisation: expected up to {MAX} letters, digits, dashes and underscores")]
pub struct InvalidOwner(String);

impl Owner {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidOwner`].
    pub fn parse(text: &str) -> Result<Self, InvalidOwner> {
        let is_owner = (1..=MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if is_owner { Ok(Self(text.to_owned())) } else { Err(InvalidOwner(text.chars().take(MAX).collect())) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Owner {
    type Error = InvalidOwner;
    fn try_from(text: String) -> Result<Self, InvalidOwner> {
        Self::parse(&text)
    }
}

impl From<Owner> for String {
    fn from(owner: Owner) -> Self {
        owner.0
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository as a list of an organisation's shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryItem {
    /// Its name with its owner.
    pub full_name: Repository,
    /// Whether it can be read only: nothing in it is open any more.
    #[serde(default)]
    pub archived: bool,
}
