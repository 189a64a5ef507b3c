//! A record of every attempt: it began, and it ended.

use jiff::Timestamp;

use super::{Failure, Target, Way};
use crate::value::{Order, Sha256Digest, UtcTime};

/// The last attempts, the newest at the end; 16 at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct History(Vec<Attempt>);

/// One attempt to bring a release to run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Which attempt of this host's life.
    pub number: u64,
    /// The place of the release.
    pub order: Order,
    /// Its manifest.
    pub manifest_sha256: Sha256Digest,
    /// How it was brought to run.
    pub way: Way,
    /// When it began.
    pub began_at: UtcTime,
    /// How it ended; none while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ending>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ending {
    /// When.
    pub at: UtcTime,
    /// Why it was left; none for a release that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

impl History {
    const LARGEST: usize = 16;

    /// The attempts, the oldest first.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.0
    }

    pub(super) fn begin(&mut self, target: &Target, way: Way, now: Timestamp) {
        if self.0.len() == Self::LARGEST {
            self.0.remove(0);
        }
        self.0.push(Attempt {
            number: self.0.last().map_or(1, |last| last.number + 1),
            order: target.order,
            manifest_sha256: target.manifest_sha256,
            way,
            began_at: UtcTime::at(now),
            ended: None,
        });
    }

    pub(super) fn end(&mut self, failure: Option<Failure>, now: Timestamp) {
        if let Some(attempt) = self.0.last_mut().filter(|attempt| attempt.ended.is_none()) {
            attempt.ended = Some(Ending { at: UtcTime::at(now), failure });
        }
    }
}
