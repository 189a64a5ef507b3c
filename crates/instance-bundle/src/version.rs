//! Which bundle is newer.

use std::fmt;

use clawlets_release::value::Sha256Digest;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The largest whole number that every JSON reader holds exactly: 2^53 − 1.
const LARGEST: u64 = (1 << 53) - 1;

/// The number of a bundle of one instance: from 1 to 2^53 − 1, rising with each bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct BundleVersion(u64);

/// A number that is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} is no version of a bundle: expected a whole number from 1 to 2^53 - 1")]
pub struct InvalidVersion(u64);

impl BundleVersion {
    /// The first.
    pub const FIRST: Self = Self(1);

    /// A version.
    ///
    /// # Errors
    /// [`InvalidVersion`] for zero and beyond 2^53 − 1.
    pub const fn new(number: u64) -> Result<Self, InvalidVersion> {
        if number >= 1 && number <= LARGEST { Ok(Self(number)) } else { Err(InvalidVersion(number)) }
    }

    /// The one behind this, if there is one.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::new(self.0 + 1).ok()
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl TryFrom<u64> for BundleVersion {
    type Error = InvalidVersion;
    fn try_from(number: u64) -> Result<Self, InvalidVersion> {
        Self::new(number)
    }
}

impl From<BundleVersion> for u64 {
    fn from(version: BundleVersion) -> Self {
        version.0
    }
}

impl fmt::Display for BundleVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What tells a bundle from all others: its version, and the hash of its manifest. Two of one version are two only if
/// somebody signed twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BundleName {
    /// Its version.
    pub version: BundleVersion,
    /// The SHA-256 of its manifest's bytes.
    pub manifest_sha256: Sha256Digest,
}
