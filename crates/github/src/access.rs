//! What a token may do.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest name of a permission, in bytes.
const MAX_NAME: usize = 64;

/// The name of a permission, such as `contents` or `pull_requests`: lower-case letters, digits and underscores, a letter
/// first. Which ones there are is for GitHub to say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Permission(String);

/// How far a permission goes. Each includes the ones before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Looking.
    Read,
    /// Changing.
    Write,
    /// Deciding who else may.
    Admin,
}

/// A text that is no name of a permission, or no extent of one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidPermission {
    /// It is no name.
    #[error("{0:?} is not a permission: expected a name such as contents or pull_requests")]
    Name(String),
    /// It is no extent.
    #[error("{0:?} is not how far a permission goes: expected read, write or admin")]
    Access(String),
}

impl Permission {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidPermission::Name`].
    pub fn parse(text: &str) -> Result<Self, InvalidPermission> {
        let is_name = text.len() <= MAX_NAME
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPermission::Name(text.chars().take(MAX_NAME).collect()))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Access {
    type Err = InvalidPermission;
    fn from_str(text: &str) -> Result<Self, InvalidPermission> {
        match text {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            "admin" => Ok(Self::Admin),
            other => Err(InvalidPermission::Access(other.chars().take(MAX_NAME).collect())),
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        })
    }
}

impl TryFrom<String> for Permission {
    type Error = InvalidPermission;
    fn try_from(text: String) -> Result<Self, InvalidPermission> {
        Self::parse(&text)
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.0
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
