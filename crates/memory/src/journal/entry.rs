//! A line of the log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Digest, MemoryPath, Owner};

/// How a file was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// It was written as a whole.
    Write,
    /// Something was added at its end.
    Append,
    /// It was edited.
    Edit,
    /// It was made of several notes.
    Merge,
    /// It is what the memory began with.
    Seed,
}

impl Verb {
    /// The verb as text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Append => "append",
            Self::Edit => "edit",
            Self::Merge => "merge",
            Self::Seed => "seed",
        }
    }
}

/// A line as it stands in a file of the log. Newer programs may write more into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) t: Timestamp,
    pub(super) verb: Verb,
    pub(super) path: MemoryPath,
    pub(super) sha256: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Digest>,
    pub(super) bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<String>,
}

/// A change, as the one who made it noted it down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Whose line it is, by the owner of the file that it stands in.
    pub who: Owner,
    /// How.
    pub verb: Verb,
    /// The file.
    pub path: MemoryPath,
    /// What the file was afterwards.
    pub sha256: Digest,
    /// What it was before.
    pub before: Option<Digest>,
    /// Its size afterwards, in bytes.
    pub bytes: u64,
    /// Where the change came from, as the writer says.
    pub origin: Option<String>,
}
