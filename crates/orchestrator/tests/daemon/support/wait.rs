//! Waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// Asks until there is an answer. Panics with `what` after a long time.
pub(crate) fn until<T>(what: &str, ask: impl FnMut() -> Option<T>) -> T {
    until_within(what, 60, ask)
}

/// As [`until`], for what takes longer.
pub(crate) fn until_within<T>(what: &str, seconds: u64, mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
