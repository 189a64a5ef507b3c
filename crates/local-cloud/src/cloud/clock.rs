//! The cloud's own clock, which a fault may set wrong.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The time that the cloud believes it is.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    skew_seconds: AtomicI64,
}

impl Clock {
    /// Now, off by the skew.
    pub(crate) fn now(&self) -> Timestamp {
        let skew = SignedDuration::from_secs(self.skew_seconds.load(Ordering::Relaxed));
        Timestamp::now().saturating_add(skew).unwrap_or(Timestamp::MAX)
    }

    /// Sets the clock wrong by that many seconds from now on.
    pub(crate) fn set_skew(&self, seconds: i64) {
        self.skew_seconds.store(seconds, Ordering::Relaxed);
    }
}

/// A time as the vendor's API writes it: whole seconds, with an offset of zero.
pub(crate) fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_whole_seconds_and_a_numeric_offset() {
        assert_eq!(rfc3339("2026-11-20T23:12:00.987Z".parse().unwrap()), "2026-11-20T23:12:00+00:00");
    }

    #[test]
    fn a_skewed_clock_is_wrong_by_the_skew() {
        let clock = Clock::default();
        clock.set_skew(-3600);
        let late = Timestamp::now().duration_since(clock.now()).as_secs();
        assert!((3599..=3601).contains(&late), "{late}");
    }
}
