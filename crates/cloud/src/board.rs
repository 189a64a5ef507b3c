//! The actions that anybody waits for, read together.
//!
//! Many jobs wait for their servers at once. Whoever's pause is over reads the actions of others along with its own, up
//! to as many as one request may ask for, and they need no request of theirs.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{Action, ActionId, ActionStatus, waiting::BATCH};

/// What was last seen of every action that somebody waits for.
#[derive(Debug)]
pub(crate) struct Board {
    actions: Mutex<BTreeMap<ActionId, Entry>>,
    /// Held by whoever reads.
    pub(crate) turn: tokio::sync::Mutex<()>,
    /// Changes when an action was seen to have ended.
    ended: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Entry {
    watchers: usize,
    /// How often it was asked for.
    readings: u64,
    seen: Option<Action>,
}

/// Somebody who waits for some actions.
#[derive(Debug)]
pub(crate) struct Watcher<'a> {
    board: &'a Board,
    /// The reading that was last taken of each.
    taken: BTreeMap<ActionId, u64>,
    ended: watch::Receiver<u64>,
}

impl Default for Board {
    fn default() -> Self {
        Self { actions: Mutex::default(), turn: tokio::sync::Mutex::default(), ended: watch::Sender::new(0) }
    }
}

impl Board {
    fn actions(&self) -> MutexGuard<'_, BTreeMap<ActionId, Entry>> {
        self.actions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to wait for these actions.
    pub(crate) fn watch(&self, ids: &[ActionId]) -> Watcher<'_> {
        let mut actions = self.actions();
        let mut taken = BTreeMap::new();
        for id in ids {
            if taken.insert(*id, 0).is_none() {
                actions.entry(*id).or_default().watchers += 1;
            }
        }
        Watcher { board: self, taken, ended: self.ended.subscribe() }
    }

    /// What one request should ask for: some of these, then what others wait for and was asked for least often.
    pub(crate) fn batch(&self, wanted: &[ActionId]) -> Vec<ActionId> {
        let mut batch: Vec<ActionId> = wanted.iter().copied().take(BATCH).collect();
        let actions = self.actions();
        let runs = |entry: &Entry| !entry.seen.as_ref().is_some_and(has_ended);
        let mut others: Vec<_> =
            actions.iter().filter(|(id, entry)| runs(entry) && !batch.contains(id)).collect();
        others.sort_by_key(|(_, entry)| entry.readings);
        batch.extend(others.into_iter().map(|(id, _)| *id).take(BATCH - batch.len()));
        batch
    }

    /// Keeps the answer to a request for these actions. One that the answer leaves out was asked for all the same.
    pub(crate) fn post(&self, asked: &[ActionId], answer: Vec<Action>) {
        let mut actions = self.actions();
        for id in asked {
            if let Some(entry) = actions.get_mut(id) {
                entry.readings += 1;
            }
        }
        let mut any_ended = false;
        for action in answer {
            any_ended |= has_ended(&action);
            if let Some(entry) = actions.get_mut(&action.id) {
                entry.seen = Some(action);
            }
        }
        drop(actions);
        if any_ended {
            self.ended.send_modify(|count| *count += 1);
        }
    }
}

impl Watcher<'_> {
    /// Takes what was read of these since it was last taken: the actions, and which were not read since.
    pub(crate) fn take(&mut self, ids: &[ActionId]) -> (Vec<Action>, Vec<ActionId>) {
        let actions = self.board.actions();
        let (mut news, mut unread) = (Vec::new(), Vec::new());
        for id in ids {
            let (Some(entry), Some(taken)) = (actions.get(id), self.taken.get_mut(id)) else { continue };
            // What has ended stays as it is, however long ago that was read.
            if entry.readings > *taken || entry.seen.as_ref().is_some_and(has_ended) {
                *taken = entry.readings;
                news.extend(entry.seen.clone());
            } else {
                unread.push(*id);
            }
        }
        (news, unread)
    }

    /// Waits until one of these was seen to have ended, by whomever.
    pub(crate) async fn any_ended(&mut self, ids: &[ActionId]) {
        loop {
            {
                let actions = self.board.actions();
                let ended = |id: &ActionId| {
                    actions.get(id).is_some_and(|entry| entry.seen.as_ref().is_some_and(has_ended))
                };
                if ids.iter().any(ended) {
                    return;
                }
            }
            if self.ended.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        let mut actions = self.board.actions();
        for id in self.taken.keys() {
            if let Some(entry) = actions.get_mut(id) {
                entry.watchers -= 1;
                if entry.watchers == 0 {
                    actions.remove(id);
                }
            }
        }
    }
}

fn has_ended(action: &Action) -> bool {
    match action.status {
        ActionStatus::Running => false,
        ActionStatus::Succeeded | ActionStatus::Failed => true,
    }
}
