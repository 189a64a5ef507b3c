//! How many requests may still come.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// A bucket of requests that fills by one a second.
#[derive(Debug)]
pub(super) struct Allowance {
    limit: u32,
    level: Mutex<Level>,
}

#[derive(Clone, Copy, Debug)]
struct Level {
    remaining: f64,
    at: Instant,
}

/// What the bucket looks like after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// Seconds until it is full again.
    pub(super) full_in: u32,
    pub(super) request: Judgement,
}

/// Whether the request is within the allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It is.
    Within,
    /// It is one too many.
    Exceeded,
}

impl Allowance {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit, level: Mutex::new(Level { remaining: f64::from(limit), at: Instant::now() }) }
    }

    /// Takes one request out of the bucket.
    pub(super) fn take(&self, now: Instant) -> Reading {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        let refilled = now.saturating_duration_since(level.at).as_secs_f64();
        let mut remaining = (level.remaining + refilled).min(f64::from(self.limit));
        let request = if remaining >= 1.0 { Judgement::Within } else { Judgement::Exceeded };
        if request == Judgement::Within {
            remaining -= 1.0;
        }
        *level = Level { remaining, at: now.max(level.at) };
        // Both are between zero and the limit, which is a whole number of 32 bits.
        let whole = remaining.floor() as u32;
        Reading { limit: self.limit, remaining: whole, full_in: self.limit - whole, request }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_empties_the_bucket_and_a_second_gives_one_request_back() {
        let allowance = Allowance::new(2);
        let now = Instant::now();
        assert_eq!(
            allowance.take(now),
            Reading { limit: 2, remaining: 1, full_in: 1, request: Judgement::Within }
        );
        assert_eq!(allowance.take(now).request, Judgement::Within);
        assert_eq!(
            allowance.take(now),
            Reading { limit: 2, remaining: 0, full_in: 2, request: Judgement::Exceeded }
        );
        assert_eq!(allowance.take(now + Duration::from_secs(1)).request, Judgement::Within);
        assert_eq!(allowance.take(now + Duration::from_secs(1)).request, Judgement::Exceeded);
    }
}
