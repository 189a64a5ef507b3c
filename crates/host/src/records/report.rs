//! What `update status` shows: the status, and what else belongs to the answer.

use clawlets_release::{
    update::{Attempt, Hold, Outcome, State, Status},
    value::StorePath,
};
use serde::Serialize;

use super::Records;

/// Why this host runs what it runs. It is also written to `status.json` on every path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The answer in short. Its message says more than the state machine's, where this host knows more.
    #[serde(flatten)]
    pub status: Status,
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
        let mut status = Status::of(state, running);
        let said = records.trouble_report();
        if matches!(state.outcome, Outcome::Trouble { .. }) && !said.is_empty() {
            status.message = format!("{}: {said}", status.message);
            status.why = status.why.map(|_| status.message.clone());
        }
        Self {
            status,
            hold: state.hold.clone(),
            last_attempt: state.history.attempts().last().cloned(),
            mirrors: records.mirror_reports(),
        }
    }
}
