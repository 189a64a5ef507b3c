//! What a token is good for.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Access, Permission};

/// How many repositories GitHub lets a token be narrowed to.
const MOST_REPOSITORIES: usize = 500;
/// The longest name of a repository, in bytes.
const MAX_NAME: usize = 100;

/// The name of a repository without its owner, who is the installation's: up to 100 letters, digits, dots, dashes and
/// underscores.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName(String);

/// A text that is no name of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidRepository {
    /// The owner stands before it.
    #[error(
        "{0:?} names an owner: expected the repository's name alone, since the owner is the installation's"
    )]
    WithOwner(String),
    /// It is no name.
    #[error(
        "{0:?} is not a repository's name: expected up to 100 letters, digits, dots, dashes and underscores"
    )]
    Malformed(String),
}

/// The repositories and permissions of a token: never all that the installation has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    repositories: BTreeSet<RepositoryName>,
    permissions: BTreeMap<Permission, Access>,
}

/// Why repositories and permissions make no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidScope {
    /// Without a repository the token would be good for all of them.
    #[error("no repository is named: a token is never for all of an installation's")]
    NoRepository,
    /// More repositories than a token can be narrowed to.
    #[error("{0} repositories are more than a token can be narrowed to, which is {MOST_REPOSITORIES}")]
    TooManyRepositories(usize),
    /// Without a permission the token would have all of them.
    #[error("no permission is named: a token never has all of an installation's")]
    NoPermission,
}

impl RepositoryName {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidRepository`].
    pub fn parse(text: &str) -> Result<Self, InvalidRepository> {
        let is_name = (1..=MAX_NAME).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
            && !matches!(text, "." | "..");
        if is_name {
            return Ok(Self(text.to_owned()));
        }
        let quoted = text.chars().take(2 * MAX_NAME).collect();
        Err(if text.contains('/') {
            InvalidRepository::WithOwner(quoted)
        } else {
            InvalidRepository::Malformed(quoted)
        })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Scope {
    /// A scope of these repositories and permissions.
    ///
    /// # Errors
    /// [`InvalidScope`] when either is empty, or there are more than 500 repositories.
    pub fn new(
        repositories: impl IntoIterator<Item = RepositoryName>,
        permissions: impl IntoIterator<Item = (Permission, Access)>,
    ) -> Result<Self, InvalidScope> {
        let repositories: BTreeSet<_> = repositories.into_iter().collect();
        let permissions: BTreeMap<_, _> = permissions.into_iter().collect();
        match (repositories.len(), permissions.len()) {
            (0, _) => Err(InvalidScope::NoRepository),
            (many, _) if many > MOST_REPOSITORIES => Err(InvalidScope::TooManyRepositories(many)),
            (_, 0) => Err(InvalidScope::NoPermission),
            (_, _) => Ok(Self { repositories, permissions }),
        }
    }

    /// The repositories.
    #[must_use]
    pub const fn repositories(&self) -> &BTreeSet<RepositoryName> {
        &self.repositories
    }

    /// What may be done with each.
    #[must_use]
    pub const fn permissions(&self) -> &BTreeMap<Permission, Access> {
        &self.permissions
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let permissions: Vec<String> =
            self.permissions.iter().map(|(name, access)| format!("{name}={access}")).collect();
        let repositories: Vec<&str> = self.repositories.iter().map(RepositoryName::as_str).collect();
        write!(f, "{} on {}", permissions.join(" "), repositories.join(" "))
    }
}

impl TryFrom<String> for RepositoryName {
    type Error = InvalidRepository;
    fn try_from(text: String) -> Result<Self, InvalidRepository> {
        Self::parse(&text)
    }
}

impl From<RepositoryName> for String {
    fn from(name: RepositoryName) -> Self {
        name.0
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_scope_is_never_everything() {
        let repository = RepositoryName::parse("clawlets").unwrap();
        let permission = (Permission::parse("contents").unwrap(), Access::Read);
        assert_eq!(Scope::new([], [permission.clone()]).unwrap_err(), InvalidScope::NoRepository);
        assert_eq!(Scope::new([repository.clone()], []).unwrap_err(), InvalidScope::NoPermission);
        let many = (0..501).map(|n| RepositoryName::parse(&format!("r{n}")).unwrap());
        assert_eq!(
            Scope::new(many, [permission.clone()]).unwrap_err(),
            InvalidScope::TooManyRepositories(501)
        );
        assert_eq!(Scope::new([repository], [permission]).unwrap().to_string(), "contents=read on clawlets");
    }

    #[test]
    fn what_is_no_repository_is_refused_and_says_why() {
        for (text, expected) in [
            ("acme/clawlets", "names an owner"),
            ("", "is not a repository's name"),
            ("..", "is not a repository's name"),
            ("a b", "is not a repository's name"),
            ("caf\u{e9}", "is not a repository's name"),
            (&"x".repeat(101), "is not a repository's name"),
        ] {
            let error = RepositoryName::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    proptest! {
        #[test]
        fn a_name_that_is_accepted_is_one_segment_of_a_path(text in ".{0,120}") {
            if let Ok(name) = RepositoryName::parse(&text) {
                prop_assert!(!name.as_str().contains(['/', '?', '#', '%', ' ', '\n']));
            }
            if let Ok(permission) = Permission::parse(&text) {
                prop_assert!(permission.as_str().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }
}
