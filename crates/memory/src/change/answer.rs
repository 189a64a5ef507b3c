//! What a change asks for, and what came of it.

use serde::{Deserialize, Serialize};

use crate::{Digest, MemoryError, MemoryPath};

/// What a file must be for a change to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Whatever it is.
    Anything,
    /// This version.
    Version(Digest),
    /// There is none yet.
    Nothing,
}

impl Expect {
    pub(crate) fn check(self, path: &MemoryPath, found: Option<Digest>) -> Result<(), MemoryError> {
        let holds = match self {
            Self::Anything => true,
            Self::Version(expected) => found == Some(expected),
            Self::Nothing => found.is_none(),
        };
        if holds { Ok(()) } else { Err(MemoryError::Changed { path: path.clone(), found }) }
    }
}

/// A change that is on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// The file.
    pub path: MemoryPath,
    /// What it is now.
    pub sha256: Digest,
    /// What it was before; none if it is new.
    pub before: Option<Digest>,
    /// Its size, in bytes.
    pub bytes: u64,
    /// Whether the change is in the log. The log may be out of the caller's reach, or the disk full.
    pub logged: bool,
}

/// A change of every place where a text stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Substitution {
    /// The change.
    pub change: Changed,
    /// How many places.
    pub places: usize,
}
