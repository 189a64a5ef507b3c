//! Where the parts of a bundle lie, below its prefix.
//!
//! Each lies under its plain name, as every reader knows it, and again under the hash of its content. While a new bundle
//! is being stored, the plain names show parts of both; by hash all parts of both are there.

use std::fmt;

use clawlets_release::value::Sha256Digest;

/// The name of the manifest. Whoever replaces it has replaced the bundle.
pub const MANIFEST: &str = "manifest.json";
/// The name of the manifest's signature.
pub const SIGNATURE: &str = "manifest.json.minisig";
/// What the names of parts by hash begin with.
pub const BY_HASH: &str = "sha256/";

/// A file of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BundleFile {
    /// Snapshots of repositories.
    RepoSeeds,
    /// The instance's secrets, encrypted.
    Secrets,
}

impl BundleFile {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::RepoSeeds, Self::Secrets];

    /// Its plain name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RepoSeeds => "repo-seeds.tar.zst",
            Self::Secrets => "secrets.tgz",
        }
    }

    /// How many bytes it may have: what one request can store, and what a release's bundle of secrets may have.
    #[must_use]
    pub const fn limit(self) -> u64 {
        match self {
            Self::RepoSeeds => 5 << 30,
            Self::Secrets => 1 << 20,
        }
    }
}

impl fmt::Display for BundleFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name of a file by its hash.
#[must_use]
pub fn by_hash(digest: Sha256Digest) -> String {
    format!("{BY_HASH}{digest}")
}

/// The name of the signature of the manifest with that hash.
#[must_use]
pub fn signature_by_hash(manifest: Sha256Digest) -> String {
    format!("{BY_HASH}{manifest}.minisig")
}

/// Where a file with that hash is looked for, in this order. What has another hash is passed over.
#[must_use]
pub fn places_of(file: BundleFile, digest: Sha256Digest) -> [String; 2] {
    [file.name().to_owned(), by_hash(digest)]
}

/// Where the signature of the manifest with that hash is looked for, in this order. What does not fit it is passed over.
#[must_use]
pub fn places_of_signature(manifest: Sha256Digest) -> [String; 2] {
    [SIGNATURE.to_owned(), signature_by_hash(manifest)]
}
