//! What an updater knows across restarts.

use jiff::Timestamp;

use super::{Good, History, Hold, Outcome, Phase, Tries};
use crate::{
    document::{DocumentFault, read_state, write_document},
    trust::Seen,
    value::{StorePath, UtcTime},
};

/// What an updater knows across restarts. It is written as a whole, and replaced in one go.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    schema_version: u64,
    /// Rises with every change. Who saves a state that is not the next one has read an old one.
    pub sequence: u64,
    /// Where an update stands.
    pub phase: Phase,
    /// The last good system.
    pub good: Good,
    /// The highest release that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
    /// What somebody on this host decided.
    #[serde(default)]
    pub hold: Hold,
    /// What was tried and left.
    #[serde(default)]
    pub tries: Tries,
    /// The last attempts.
    #[serde(default)]
    pub history: History,
    /// The last result.
    pub outcome: Outcome,
    /// Since when it is that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UtcTime>,
}

impl State {
    /// The state of a host that runs `running` and has never looked for a release. Also what is left when the state is
    /// lost: with [`State::with_floor`] it forgets what it tried, and not what it has seen.
    #[must_use]
    pub fn new(running: StorePath) -> Self {
        Self {
            schema_version: 1,
            sequence: 0,
            phase: Phase::Idle,
            good: Good { toplevel: running, release: None },
            seen: None,
            hold: Hold::default(),
            tries: Tries::default(),
            history: History::default(),
            outcome: Outcome::Never,
            since: None,
        }
    }

    /// The same state with a floor that was kept elsewhere.
    #[must_use]
    pub fn with_floor(self, seen: Option<Seen>) -> Self {
        Self { seen, ..self }
    }

    /// Reads a state of at most 256 KiB. Fields that this program does not know are left alone: a newer updater may
    /// have been here before a host went back.
    ///
    /// # Errors
    /// [`DocumentFault`] when it is too large or malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentFault> {
        read_state(bytes)
    }

    /// The bytes to save.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write_document(self)
    }

    pub(super) fn conclude(&mut self, outcome: Outcome, now: Timestamp) {
        if self.outcome != outcome {
            self.outcome = outcome;
            self.since = Some(UtcTime::at(now));
        }
    }
}
