//! What is being tried, and what ran before.

use jiff::Timestamp;

use crate::value::{Order, Sha256Digest, StorePath};

/// A release that is being applied.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// Its place among the others.
    pub order: Order,
    /// Its manifest, by which attempts are counted.
    pub manifest_sha256: Sha256Digest,
    /// The system to run.
    pub toplevel: StorePath,
    /// The secrets that belong to it.
    pub secrets: Sha256Digest,
    /// For how many seconds everything must work before it counts as good.
    pub probation: u64,
}

/// The last good system: what boots by default, and what a host goes back to.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Good {
    /// The system.
    pub toplevel: StorePath,
    /// The release that it came with; none for the system that the host was installed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Target>,
}

impl Good {
    /// Whether it is the release with this manifest.
    #[must_use]
    pub fn is(&self, manifest: Sha256Digest) -> bool {
        self.release.as_ref().is_some_and(|release| release.manifest_sha256 == manifest)
    }
}

/// When a host's turn comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// At once.
    Now,
    /// From then on.
    At(Timestamp),
    /// Not with this schedule.
    Never,
}
