//! The floor: the highest release that a host has seen.

use thiserror::Error;

use super::Candidate;
use crate::value::{Order, Sha256Digest, UtcTime};

/// The highest release that a host has verified, whether it was applied or not. Kept in two places, so that the loss of
/// one lowers nothing; it never falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    /// Its place.
    pub order: Order,
    /// Its manifest. Another one of the same place is equivocation.
    pub manifest_sha256: Sha256Digest,
    /// When the newest pointer that was verified was signed. No clock that shows an earlier time is right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_at: Option<UtcTime>,
}

/// Two records of one host that cannot both be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the two records of the highest release seen disagree about {order}: {one} and {other}")]
pub struct SeenConflict {
    /// The place of which they disagree.
    pub order: Order,
    /// One manifest.
    pub one: Sha256Digest,
    /// The other.
    pub other: Sha256Digest,
}

impl Seen {
    /// What is known from two places, of which either may be lost.
    ///
    /// # Errors
    /// [`SeenConflict`] when they name different manifests of one place.
    pub fn join(one: Option<Self>, other: Option<Self>) -> Result<Option<Self>, SeenConflict> {
        match (one, other) {
            (Some(one), Some(other))
                if one.order == other.order && one.manifest_sha256 != other.manifest_sha256 =>
            {
                Err(SeenConflict { order: one.order, one: one.manifest_sha256, other: other.manifest_sha256 })
            }
            (Some(one), Some(other)) => Ok(Some(one.raised_to(other))),
            (one, other) => Ok(one.or(other)),
        }
    }

    /// The floor after a candidate was verified.
    #[must_use]
    pub fn after(seen: Option<Self>, candidate: &Candidate) -> Self {
        let new = Self {
            order: candidate.order(),
            manifest_sha256: candidate.manifest_sha256(),
            issued_at: candidate.pointer_issued_at(),
        };
        seen.map_or(new, |seen| seen.raised_to(new))
    }

    fn raised_to(self, other: Self) -> Self {
        let higher = if other.order > self.order { other } else { self };
        Self { issued_at: self.issued_at.max(other.issued_at), ..higher }
    }
}
