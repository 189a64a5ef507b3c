//! Waits for actions: who is still to be asked for, and how long until the next question.

use std::{collections::BTreeMap, time::Duration};

use crate::{Action, ActionId, ActionStatus, RateLimit};

/// How many actions one request can ask for.
pub(crate) const BATCH: usize = 25;
/// The first pause between two questions, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// The pause when the allowance of requests runs low.
const THRIFTY_PAUSE: Duration = Duration::from_secs(10);

/// Actions that are waited for.
#[derive(Debug)]
pub(crate) struct Waiting {
    asked: Vec<ActionId>,
    ended: BTreeMap<ActionId, Action>,
    rounds: u32,
}

impl Waiting {
    pub(crate) fn new(ids: &[ActionId]) -> Self {
        Self { asked: ids.to_vec(), ended: BTreeMap::new(), rounds: 0 }
    }

    /// Those that have not been seen to end, each once.
    pub(crate) fn pending(&self) -> Vec<ActionId> {
        let mut pending: Vec<_> =
            self.asked.iter().copied().filter(|id| !self.ended.contains_key(id)).collect();
        pending.sort_unstable();
        pending.dedup();
        pending
    }

    /// Takes one answer. An action that was asked for and is not in the answer stays pending: a listing may lag.
    pub(crate) fn take(&mut self, action: Action) {
        match action.status {
            ActionStatus::Running => {}
            ActionStatus::Succeeded | ActionStatus::Failed => {
                if self.asked.contains(&action.id) {
                    self.ended.insert(action.id, action);
                }
            }
        }
    }

    /// The first that failed, in the order in which they were asked for.
    pub(crate) fn failed(&self) -> Option<&Action> {
        let ended = self.asked.iter().filter_map(|id| self.ended.get(id));
        ended.into_iter().find(|action| action.status == ActionStatus::Failed)
    }

    /// All of them, in the order in which they were asked for, when all have ended.
    pub(crate) fn complete(&self) -> Option<Vec<Action>> {
        self.asked.iter().map(|id| self.ended.get(id).cloned()).collect()
    }

    /// How long to wait before the next round of questions: half as long again each time, and long at once when less
    /// than a tenth of the allowance is left.
    pub(crate) fn pause(&mut self, rate_limit: Option<RateLimit>) -> Duration {
        let (first, longest) = PAUSES;
        let grown = first.mul_f64(1.5_f64.powi(i32::try_from(self.rounds.min(20)).unwrap_or(20)));
        self.rounds += 1;
        match rate_limit {
            Some(seen) if seen.remaining < seen.limit / 10 => THRIFTY_PAUSE,
            Some(_) | None => grown.min(longest),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn action(id: u64, status: ActionStatus) -> Action {
        Action {
            id: ActionId::new(id),
            command: String::new(),
            status,
            progress: 0,
            finished: None,
            error: None,
        }
    }

    fn ids(numbers: &[u64]) -> Vec<ActionId> {
        numbers.iter().copied().map(ActionId::new).collect()
    }

    #[test]
    fn answers_come_in_the_order_of_the_question() {
        let mut waiting = Waiting::new(&ids(&[9, 2, 9]));
        assert_eq!(waiting.pending(), ids(&[2, 9]));
        waiting.take(action(2, ActionStatus::Succeeded));
        waiting.take(action(9, ActionStatus::Running));
        assert_eq!((waiting.pending(), waiting.complete()), (ids(&[9]), None));
        waiting.take(action(9, ActionStatus::Succeeded));
        let complete: Vec<u64> = waiting.complete().unwrap().iter().map(|action| action.id.get()).collect();
        assert_eq!(complete, [9, 2, 9]);
    }

    #[test]
    fn an_answer_that_nobody_asked_for_changes_nothing() {
        let mut waiting = Waiting::new(&ids(&[1]));
        waiting.take(action(5, ActionStatus::Failed));
        assert_eq!((waiting.pending(), waiting.failed()), (ids(&[1]), None));
    }

    #[test]
    fn questions_get_rarer_and_rare_at_once_when_few_are_left() {
        let mut waiting = Waiting::new(&ids(&[1]));
        let pauses: Vec<Duration> = (0..30).map(|_| waiting.pause(None)).collect();
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]), "{pauses:?}");
        assert_eq!((pauses[0], pauses[29]), PAUSES);
        let low = RateLimit { limit: 3_600, remaining: 359, reset: Timestamp::UNIX_EPOCH };
        assert_eq!(waiting.pause(Some(low)), THRIFTY_PAUSE);
    }
}
