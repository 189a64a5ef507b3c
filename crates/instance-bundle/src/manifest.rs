//! `manifest.json`: what a bundle is.

use std::{collections::BTreeMap, fmt};

use clawlets_model::{
    HostName,
    document::{self, DocumentError},
};
use clawlets_release::{document::SchemaVersion, value::Sha256Digest};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use thiserror::Error as ThisError;

use crate::{BundleFile, BundleVersion};

/// How many bytes a manifest may have.
pub const LARGEST_MANIFEST: usize = 64 << 10;
/// How many files it may name.
const MOST_FILES: usize = 64;

/// What a bundle is. Fields and files that this program does not know are left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// 1.
    pub schema_version: SchemaVersion,
    /// The instance that it is for.
    pub instance: HostName,
    /// Its version. Of two bundles of an instance the one with the higher version counts.
    pub version: BundleVersion,
    /// The SHA-256 of each file, by name.
    #[serde(deserialize_with = "files")]
    pub files: BTreeMap<String, Sha256Digest>,
}

/// Bytes that are no manifest.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum ManifestFault {
    /// Too many.
    #[error("the manifest has more than {LARGEST_MANIFEST} bytes")]
    TooLarge,
    /// Malformed.
    #[error("the manifest is malformed")]
    Malformed(#[source] DocumentError),
}

impl Manifest {
    /// The manifest of these files.
    #[must_use]
    pub fn new(
        instance: HostName,
        version: BundleVersion,
        files: impl IntoIterator<Item = (BundleFile, Sha256Digest)>,
    ) -> Self {
        let files = files.into_iter().map(|(file, digest)| (file.name().to_owned(), digest)).collect();
        Self { schema_version: SchemaVersion, instance, version, files }
    }

    /// Reads one of at most 64 KiB.
    ///
    /// # Errors
    /// [`ManifestFault`] when it is too large, or malformed: another schema, a doubled key, a file that is not named
    /// plainly.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestFault> {
        if bytes.len() > LARGEST_MANIFEST {
            return Err(ManifestFault::TooLarge);
        }
        document::from_json(bytes).map_err(ManifestFault::Malformed)
    }

    /// The bytes that are signed and stored: two spaces, sorted files, a final newline.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        clawlets_release::document::canonical_bytes(self)
    }

    /// The hash of a file, if the bundle has it.
    #[must_use]
    pub fn digest(&self, file: BundleFile) -> Option<Sha256Digest> {
        self.files.get(file.name()).copied()
    }

    /// The files that this program knows.
    pub fn known_files(&self) -> impl Iterator<Item = (BundleFile, Sha256Digest)> {
        BundleFile::ALL.into_iter().filter_map(|file| Some((file, self.digest(file)?)))
    }
}

fn files<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Sha256Digest>, D::Error> {
    deserializer.deserialize_map(Files)
}

struct Files;

impl<'de> Visitor<'de> for Files {
    type Value = BTreeMap<String, Sha256Digest>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hashes by the names of files")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut files = BTreeMap::new();
        while let Some((name, digest)) = entries.next_entry::<String, Sha256Digest>()? {
            if !is_plain(&name) {
                let name: String = name.chars().take(40).collect();
                return Err(A::Error::custom(format!("{name:?} is no plain name of a file")));
            }
            if files.insert(name.clone(), digest).is_some() {
                return Err(A::Error::custom(format!("{name:?} is there twice")));
            }
            if files.len() > MOST_FILES {
                return Err(A::Error::custom(format!("more than {MOST_FILES} files")));
            }
        }
        Ok(files)
    }
}

/// One component of a path, of letters, digits, dots, dashes and underscores, which does not begin with a dot.
fn is_plain(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
