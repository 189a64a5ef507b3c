//! What can be wrong with a document, before anybody asks who signed it.

use std::fmt;

use clawlets_model::document::DocumentError;
use thiserror::Error;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Document {
    /// `latest.json`.
    Pointer,
    /// `<releaseId>.json`.
    Manifest,
    /// `secrets/<sha256>.tgz`.
    Bundle,
    /// A file with a signature.
    Signature,
    /// What the updater keeps on its host.
    State,
}

impl Document {
    /// How many bytes it may have at most: 16 KiB for a pointer, 64 KiB for a manifest, 1 MiB for a bundle, 1 KiB for a
    /// signature, 256 KiB for the updater's own state.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::Pointer => 16 << 10,
            Self::Manifest => 64 << 10,
            Self::Bundle => 1 << 20,
            Self::Signature => 1 << 10,
            Self::State => 256 << 10,
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pointer => "pointer",
            Self::Manifest => "manifest",
            Self::Bundle => "secrets bundle",
            Self::Signature => "signature",
            Self::State => "updater's state",
        })
    }
}

/// Why bytes are not the document that they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentFault {
    /// More bytes than such a document may have.
    #[error("the {document} has more than {limit} bytes")]
    TooLarge {
        /// Which document.
        document: Document,
        /// How many bytes it may have.
        limit: usize,
    },
    /// A schema that this program does not know.
    #[error("the {document} has schema version {version}, and this program reads version 1")]
    UnknownSchema {
        /// Which document.
        document: Document,
        /// Its version.
        version: u64,
    },
    /// Not JSON as we read it, or a field that breaks its rule.
    #[error("the {document} is malformed")]
    Malformed {
        /// Which document.
        document: Document,
        /// What is wrong, and where.
        #[source]
        source: DocumentError,
    },
}

impl DocumentFault {
    pub(super) fn malformed(document: Document, path: &str, message: impl Into<String>) -> Self {
        Self::Malformed { document, source: DocumentError::at(path, message) }
    }
}
