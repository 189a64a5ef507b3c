//! What `update status` shows: the status, and what else belongs to the answer.

use clawlets_release::{
    update::{Attempt, Hold, Outcome, State, Status},
    value::{Order, StorePath, UtcTime},
};
use serde::Serialize;

use super::Records;

/// Why this host runs what it runs. It is also written to `status.json` on every path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The last result, in one word.
    pub result: &'static str,
    /// The same in one sentence.
    pub message: String,
    /// The system that runs.
    pub current: StorePath,
    /// The release that it came with, if it is the last good one and came with one.
    pub current_release: Option<Order>,
    /// The release that is being applied, or was left.
    pub desired: Option<Order>,
    /// The highest release that was seen.
    pub seen: Option<Order>,
    /// Where an update stands.
    pub phase: &'static str,
    /// Since when the result is that.
    pub since: Option<UtcTime>,
    /// Why the host does not run the highest release that it has seen; none when it does.
    pub why: Option<String>,
    /// What somebody on this host decided.
    pub hold: Hold,
    /// The last attempt.
    pub last_attempt: Option<Attempt>,
    /// What was wrong with mirrors when they were last asked.
    pub mirrors: Vec<String>,
}

impl Report {
    /// The report of a host in this state that runs `running`.
    #[must_use]
    pub fn of(state: &State, running: StorePath, records: &Records) -> Self {
        let Status { result, mut message, current, current_release, desired, seen, phase, since, mut why } =
            Status::of(state, running);
        let said = records.trouble_report();
        if matches!(state.outcome, Outcome::Trouble { .. }) && !said.is_empty() {
            message = format!("{message}: {said}");
            why = why.map(|_| message.clone());
        }
        let mirrors = records.mirror_reports();
        let last_attempt = state.history.attempts().last().cloned();
        Self {
            result,
            message,
            current,
            current_release,
            desired,
            seen,
            phase,
            since,
            why,
            hold: state.hold.clone(),
            last_attempt,
            mirrors,
        }
    }
}
