//! What the last look at the provider showed.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use clawlets_jobs::{Caps, Room};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};

/// How old a look may be for a decision about room.
const FRESH: Duration = Duration::from_secs(60);

/// What the last look at the provider showed.
#[derive(Debug)]
pub(crate) struct Fleet {
    seen: RwLock<Option<Seen>>,
    looks: watch::Sender<u64>,
    wanted: Notify,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    at: Instant,
    others_live: u32,
}

impl Default for Fleet {
    fn default() -> Self {
        Self { seen: RwLock::default(), looks: watch::Sender::new(0), wanted: Notify::new() }
    }
}

impl Fleet {
    /// Remembers a look that began at `at` and showed this many VMs that no job of ours owns.
    pub(super) fn saw(&self, at: Instant, others_live: u32) {
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(Seen { at, others_live });
        self.looks.send_modify(|looks| *looks += 1);
    }

    fn fresh(&self) -> Option<Seen> {
        let seen = *self.seen.read().unwrap_or_else(PoisonError::into_inner);
        seen.filter(|seen| seen.at.elapsed() <= FRESH)
    }

    /// The room, by a look that is at most a minute old; none when there was no such look.
    pub(crate) fn room(&self, caps: &Arc<Caps>) -> Option<Room> {
        let seen = self.fresh()?;
        Some(Room { caps: Arc::clone(caps), others_live: seen.others_live, charge: None })
    }

    /// As [`Fleet::room`]; asks for a look and waits for it when the last one is too old.
    pub(crate) async fn fresh_room(&self, caps: &Arc<Caps>) -> Room {
        let mut looks = self.looks.subscribe();
        loop {
            looks.borrow_and_update();
            if let Some(room) = self.room(caps) {
                return room;
            }
            self.wanted.notify_one();
            if looks.changed().await.is_err() {
                // The sender lives in `self`, so this cannot happen; waiting for ever is what it would mean.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until somebody needs a look.
    pub(super) async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// How old the last look is.
    pub(crate) fn age(&self) -> Option<Duration> {
        let seen = *self.seen.read().unwrap_or_else(PoisonError::into_inner);
        seen.map(|seen| seen.at.elapsed())
    }
}
