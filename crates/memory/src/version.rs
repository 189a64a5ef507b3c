//! What a file held at one moment.

use crate::{Digest, Owner};

/// The content of a file, as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The bytes.
    pub content: Vec<u8>,
    /// Their digest.
    pub digest: Digest,
    /// Who wrote a protected file although only humans may. Only a human is given such a version.
    pub foreign: Option<Owner>,
}
