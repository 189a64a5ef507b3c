//! What goes in and out of a bucket.

use std::path::PathBuf;

/// An object that was read into memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What names this content of it; empty when the provider did not say.
    pub etag: String,
}

/// An object that was read into a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: [u8; 32],
    /// What names this content of it; empty when the provider did not say.
    pub etag: String,
}

/// What is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upload {
    /// These bytes.
    Bytes(Vec<u8>),
    /// What is in this file, at most 5 GiB. It must not change meanwhile.
    File(PathBuf),
}

/// When an object may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PutCondition {
    /// Whatever is there.
    Always,
    /// Only if there is none of that key.
    New,
    /// Only in the place of this content, named by its etag.
    Replaces(String),
}

/// What came of storing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// It is there.
    Written {
        /// What names this content of it; empty when the provider did not say.
        etag: String,
    },
    /// What is there is not what the condition demands.
    ConditionFailed {
        /// Whether an earlier try of this very call may be what is there: its answer was lost.
        after_doubt: bool,
    },
}
