//! What a person types to name a job or a VM.

use std::fmt;

use clawlets_model::JobId;
use thiserror::Error;

/// A server id, a VM's name, a job id, or the beginning of one that fits no other. The orchestrator finds out which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

/// A text that can be neither an id nor a name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not an id: expected a job id, a server id or a VM's name, or the beginning of one")]
pub struct InvalidReference(String);

impl Reference {
    /// Reads a reference; white space around it is dropped.
    ///
    /// # Errors
    /// [`InvalidReference`] unless it is 1 to 128 letters, digits, dots, underscores and dashes that begin with a letter
    /// or a digit.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        let trimmed = text.trim();
        let is_word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let begins_well = trimmed.starts_with(|c: char| c.is_ascii_alphanumeric());
        if begins_well && trimmed.len() <= 128 && trimmed.bytes().all(is_word) {
            Ok(Self(trimmed.to_owned()))
        } else {
            Err(InvalidReference(trimmed.chars().take(80).collect()))
        }
    }

    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Reference {
    type Err = InvalidReference;
    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        Self::parse(text)
    }
}

impl From<JobId> for Reference {
    fn from(id: JobId) -> Self {
        Self(id.to_string())
    }
}

impl From<u64> for Reference {
    fn from(server_id: u64) -> Self {
        Self(server_id.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_names_and_beginnings_are_references() {
        for text in ["42", "cattle-rex-0123456789ab-1", "01JBXYZ", " 01J "] {
            assert_eq!(Reference::parse(text).unwrap().as_str(), text.trim());
        }
    }

    #[test]
    fn what_could_leave_the_path_is_refused() {
        for text in ["", " ", ".", "..", "../1", "a/b", "a?b", "a b", "-x", "é", &"1".repeat(129)] {
            assert!(Reference::parse(text).is_err(), "{text:?}");
        }
    }
}
