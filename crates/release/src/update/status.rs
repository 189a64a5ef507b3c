//! What `update status` says.

use super::State;
use crate::value::{Order, StorePath, UtcTime};

/// The answer to "why is this host not updating?", written on every path.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
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
}

impl Status {
    /// The status of a host in this state that runs `running`.
    #[must_use]
    pub fn of(state: &State, running: StorePath) -> Self {
        let seen = state.seen.map(|seen| seen.order);
        let release = state.good.release.as_ref().map(|release| release.order);
        let current_release = release.filter(|_| state.good.toplevel == running);
        let message = state.outcome.to_string();
        let is_behind = seen != current_release || seen.is_none();
        Self {
            result: state.outcome.name(),
            current: running,
            current_release,
            desired: state.phase.target().map(|target| target.order),
            seen,
            phase: state.phase.name(),
            since: state.since,
            why: is_behind.then(|| message.clone()),
            message,
        }
    }
}
