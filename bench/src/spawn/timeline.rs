//! When a guest passed which phase.

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// A phase that a guest passed, as the local cloud tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// Which.
    pub(crate) phase: String,
    /// When, in microseconds since the order was accepted; negative for what was made ready before.
    pub(crate) us: i64,
}

/// How one guest came to be, from the order to the first record of its log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Timeline {
    /// In which way.
    pub(crate) way: String,
    /// What was reached when, in this order. The last is the first record.
    pub(crate) moments: Vec<Moment>,
}

/// Something that was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moment {
    /// What.
    pub(crate) name: String,
    /// Milliseconds after the order.
    pub(crate) at: f64,
}

/// The time of day, and how far the monotonic clock is behind it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    behind_us: i64,
}

impl Clocks {
    /// Reads both clocks.
    pub(super) fn read() -> Self {
        let monotonic = clock_gettime(ClockId::Monotonic);
        let monotonic = monotonic.tv_sec * 1_000_000 + monotonic.tv_nsec / 1_000;
        Self { behind_us: Timestamp::now().as_microsecond() - monotonic }
    }

    /// A moment of the monotonic clock as the time of day, in microseconds.
    pub(super) const fn time_of_day(self, monotonic_us: i64) -> i64 {
        monotonic_us + self.behind_us
    }
}

impl Timeline {
    /// From moments in microseconds of the time of day, in any order; those behind the end are left out.
    pub(super) fn new(way: &str, order: i64, mut moments: Vec<(String, i64)>, end: (String, i64)) -> Self {
        moments.retain(|(_, at)| (order..=end.1).contains(at));
        moments.sort_by_key(|(_, at)| *at);
        moments.push(end);
        let moments =
            moments.into_iter().map(|(name, at)| Moment { name, at: (at - order) as f64 / 1e3 }).collect();
        Self { way: way.to_owned(), moments }
    }

    /// From the order to the last moment, in milliseconds.
    pub(super) fn total(&self) -> f64 {
        self.moments.last().map_or(0.0, |moment| moment.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_count_from_the_order_and_what_lies_before_it_or_behind_the_end_is_left_out() {
        let moments =
            [("late", 5_100), ("old", 900), ("made", 2_500)].map(|(name, at)| (name.to_owned(), at));
        let timeline = Timeline::new("cold", 1_000, moments.into(), ("log".to_owned(), 5_000));
        let found: Vec<_> = timeline.moments.iter().map(|moment| (moment.name.as_str(), moment.at)).collect();
        assert_eq!(found, [("made", 1.5), ("log", 4.0)]);
        assert!((timeline.total() - 4.0).abs() < 1e-9);
    }
}
