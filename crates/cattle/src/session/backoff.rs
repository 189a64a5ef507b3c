//! How long to wait before trying again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

/// Pauses that double, from 50 ms up to 2 s. One orchestrator is asked by at most a few hundred machines, so there is
/// no jitter.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
}

impl Backoff {
    /// Starts with the shortest pause.
    #[must_use]
    pub const fn new() -> Self {
        Self { next: FIRST }
    }

    /// The pause to make now.
    pub fn next_pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(LONGEST);
        pause
    }

    /// The longest pause there is.
    #[must_use]
    pub const fn longest(&self) -> Duration {
        LONGEST
    }

    /// Starts over, after something worked.
    pub fn reset(&mut self) {
        self.next = FIRST;
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}
