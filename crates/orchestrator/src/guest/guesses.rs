//! Wrong guesses: how many each guest may make.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many wrong guesses a guest may make in [`WINDOW`].
const MOST: u32 = 20;
/// The time in which guesses are counted.
const WINDOW: Duration = Duration::from_secs(60);
/// How many guests are remembered before those whose window is over are forgotten.
const REMEMBERED: usize = 4096;

/// Counts the wrong guesses of each guest. `K` names a guest.
#[derive(Debug)]
pub(super) struct Guesses<K>(Mutex<HashMap<K, (Instant, u32)>>);

impl<K> Default for Guesses<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq> Guesses<K> {
    /// Whether a guest may guess once more.
    pub(super) fn may_guess(&self, guest: &K, now: Instant) -> bool {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(guest).is_none_or(|(since, count)| now.duration_since(*since) >= WINDOW || *count < MOST)
    }

    /// A guest guessed wrong.
    pub(super) fn wrong(&self, guest: K, now: Instant) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= REMEMBERED {
            counts.retain(|_, (since, _)| now.duration_since(*since) < WINDOW);
        }
        let entry = counts.entry(guest).or_insert((now, 0));
        if now.duration_since(entry.0) >= WINDOW {
            *entry = (now, 0);
        }
        entry.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_guest_that_guesses_does_not_lock_out_another() {
        let guesses = Guesses::default();
        let start = Instant::now();
        for _ in 0..MOST {
            assert!(guesses.may_guess(&1, start));
            guesses.wrong(1, start);
        }
        assert!(!guesses.may_guess(&1, start + WINDOW / 2));
        assert!(guesses.may_guess(&2, start));
        assert!(guesses.may_guess(&1, start + WINDOW));
    }
}
