//! How many requests are left.

use std::sync::Mutex;

use jiff::Timestamp;

/// What an answer said about the rate limit of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests the full allowance is.
    pub limit: u32,
    /// How many are left.
    pub remaining: u32,
    /// When the allowance is full again, by this machine's clock.
    pub reset: Timestamp,
}

/// A rate limit, and when it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) rate: RateLimit,
    pub(crate) at: Timestamp,
}

impl Told {
    /// How many requests are left at a later time: the allowance grows evenly until it is full.
    pub(crate) fn remaining_at(&self, now: Timestamp) -> u32 {
        let RateLimit { limit, remaining, reset } = self.rate;
        let (whole, passed) = (reset.duration_since(self.at), now.duration_since(self.at));
        let (whole, passed) = (whole.as_millis().max(0), passed.as_millis().max(0));
        if passed >= whole {
            return limit.max(remaining);
        }
        let grown = i128::from(limit.saturating_sub(remaining)) * passed / whole;
        remaining.saturating_add(u32::try_from(grown).unwrap_or(u32::MAX))
    }

    /// The first moment at which more than `wanted` are left.
    pub(crate) fn reaches(&self, wanted: u32) -> Timestamp {
        let RateLimit { limit, remaining, reset } = self.rate;
        let whole = reset.duration_since(self.at).as_millis().max(0);
        let (missing, growth) = ((wanted + 1).saturating_sub(remaining), limit.saturating_sub(remaining));
        if missing == 0 || growth == 0 {
            return self.at;
        }
        // Rounded up, so that the allowance has grown that far by then.
        let millis = (whole * i128::from(missing)).div_euclid(i128::from(growth)) + 1;
        let wait = std::time::Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        self.at.saturating_add(wait).unwrap_or(reset).min(reset.max(self.at))
    }
}

/// The rate limit that the newest answer told of.
#[derive(Debug, Default)]
pub(crate) struct LastRateLimit(Mutex<Option<Told>>);

impl LastRateLimit {
    pub(crate) fn get(&self) -> Option<Told> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn set(&self, told: Told) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(told);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_grows_evenly_until_it_is_full() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let rate = RateLimit { limit: 100, remaining: 10, reset: at(1_090) };
        let told = Told { rate, at: at(1_000) };
        for (now, left) in [(900, 10), (1_000, 10), (1_001, 11), (1_045, 55), (1_090, 100), (2_000, 100)] {
            assert_eq!(told.remaining_at(at(now)), left, "at {now}");
        }
        assert_eq!(told.reaches(5), at(1_000), "it is there already");
        let when = told.reaches(20);
        assert!(when > at(1_010) && when < at(1_012), "{when}");
        assert!(told.remaining_at(when) > 20);
        assert_eq!(told.reaches(1_000), at(1_090), "more than there ever is");
    }
}
