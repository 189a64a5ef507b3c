//! How often a release was tried, when it may be tried again, and when it is given up.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Failure, Target, failure::Weight};
use crate::value::{Order, Sha256Digest, UtcTime};

/// How many failures a release may have before it is denied.
pub const MOST_FAILURES: u8 = 2;
/// The longest wait between two attempts.
pub const LARGEST_BACKOFF: SignedDuration = SignedDuration::from_hours(6);
const FIRST_BACKOFF: SignedDuration = SignedDuration::from_mins(10);
/// How many interruptions are chance.
const MOST_CHANCES: u8 = 3;

/// The releases that were tried and left, by manifest: other bytes are another release.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Tries(BTreeMap<Sha256Digest, Tried>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tried {
    order: Order,
    failed: u8,
    left: u8,
    #[serde(default)]
    interrupted: u8,
    not_before: UtcTime,
}

impl Tries {
    /// Whether a release is given up.
    #[must_use]
    pub fn is_denied(&self, manifest: Sha256Digest) -> bool {
        self.0.get(&manifest).is_some_and(|tried| tried.failed >= MOST_FAILURES)
    }

    /// When a release may be tried again, if not now. A wait that is longer than any that is given out was written by a
    /// clock that has been set back since, and does not count.
    #[must_use]
    pub fn wait(&self, manifest: Sha256Digest, now: Timestamp) -> Option<Timestamp> {
        let until = self.0.get(&manifest)?.not_before.timestamp();
        (now < until && until.duration_since(now) <= LARGEST_BACKOFF).then_some(until)
    }

    pub(super) fn failed(&mut self, target: &Target, why: &Failure, now: Timestamp) {
        let first =
            Tried { order: target.order, failed: 0, left: 0, interrupted: 0, not_before: UtcTime::at(now) };
        let tried = self.0.entry(target.manifest_sha256).or_insert(first);
        tried.left = tried.left.saturating_add(1);
        match why.weight() {
            Weight::Release => tried.failed = tried.failed.saturating_add(1),
            Weight::Chance => {
                tried.interrupted = tried.interrupted.saturating_add(1);
                if tried.interrupted > MOST_CHANCES {
                    tried.failed = tried.failed.saturating_add(1);
                }
            }
            Weight::Nothing => {}
        }
        let doubled = FIRST_BACKOFF * (1 << i32::from((tried.left - 1).min(6)));
        tried.not_before = UtcTime::at(now.saturating_add(doubled.min(LARGEST_BACKOFF)).unwrap_or(now));
    }

    /// A higher release ends what was held against lower ones.
    pub(super) fn forget_below(&mut self, order: Order) {
        self.0.retain(|_, tried| tried.order >= order);
    }
}
