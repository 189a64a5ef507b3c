//! A document of a release in a file, and the signature beside it.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use clawlets_printer::Fault;
use clawlets_release::{
    document::{Document, DocumentFault, Manifest, Pointer},
    value::ReleaseName,
};

use super::fault::{of_document, of_read};

/// A pointer or a manifest.
#[derive(Debug)]
pub(super) enum Kind {
    Pointer(Pointer),
    Manifest(Box<Manifest>),
}

impl Kind {
    /// Reads a document of either kind.
    pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Self, Fault> {
        // Only a pointer names the digest of a manifest.
        let is_pointer = String::from_utf8_lossy(bytes).contains("\"manifestSha256\"");
        let parsed = match is_pointer {
            true => Pointer::parse(bytes).map(Self::Pointer),
            false => Manifest::parse(bytes).map(|manifest| Self::Manifest(Box::new(manifest))),
        };
        parsed.map_err(|error| of_document(path, &error))
    }

    /// What its release is called.
    pub(super) fn name(&self) -> ReleaseName {
        match self {
            Self::Pointer(pointer) => pointer.name(),
            Self::Manifest(manifest) => manifest.name(),
        }
    }
}

/// Reads at most as many bytes as any document of a release may have.
pub(super) fn read(path: &Path, document: Document) -> Result<Vec<u8>, Fault> {
    let limit = document.limit();
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| of_read(path, &error))?;
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| of_read(path, &error))?;
    if bytes.len() > limit {
        return Err(of_document(path, &DocumentFault::TooLarge { document, limit }));
    }
    Ok(bytes)
}

/// Where the signature of a document lies.
pub(super) fn signature_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}
