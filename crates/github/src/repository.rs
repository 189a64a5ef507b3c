//! A repository with its owner.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{InvalidRepository, RepositoryName};

/// The longest name of an owner, in bytes.
const MAX_OWNER: usize = 39;

/// A repository with its owner, as in `acme/fleet`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Repository {
    owner: String,
    name: RepositoryName,
}

impl Repository {
    /// Reads `owner/name`.
    ///
    /// # Errors
    /// [`InvalidRepository`].
    pub fn parse(text: &str) -> Result<Self, InvalidRepository> {
        let malformed = || InvalidRepository::Malformed(text.chars().take(200).collect());
        let (owner, name) = text.split_once('/').ok_or_else(malformed)?;
        let is_owner = (1..=MAX_OWNER).contains(&owner.len())
            && owner.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if is_owner {
            Ok(Self { owner: owner.to_owned(), name: RepositoryName::parse(name)? })
        } else {
            Err(malformed())
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &RepositoryName {
        &self.name
    }
}

impl TryFrom<String> for Repository {
    type Error = InvalidRepository;
    fn try_from(text: String) -> Result<Self, InvalidRepository> {
        Self::parse(&text)
    }
}

impl From<Repository> for String {
    fn from(repository: Repository) -> Self {
        repository.to_string()
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_an_owner_and_nothing_else() {
        assert_eq!(Repository::parse("acme/fleet").unwrap().to_string(), "acme/fleet");
        for text in ["fleet", "acme/", "/fleet", "acme/fleet/x", "a b/fleet", "acme/..", "../fleet"] {
            assert!(Repository::parse(text).is_err(), "{text}");
        }
    }
}
