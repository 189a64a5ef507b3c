//! How often somebody may ask.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The most callers that are remembered. There are as many as there are tokens, and one for everybody without.
const MOST: usize = 10_000;

/// How many requests a caller may make: so many at once, and again as many with each minute that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// At once, and in a minute.
    pub per_minute: u32,
}

/// What is left to each caller.
#[derive(Debug)]
pub struct Limiter {
    rate: Rate,
    left: Mutex<HashMap<String, Left>>,
}

#[derive(Debug, Clone, Copy)]
struct Left {
    requests: f64,
    at: Instant,
    was_told: bool,
}

/// That there were too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limited {
    /// When the next one is taken.
    pub after: Duration,
    /// Whether it is the first one that is too many since there was room.
    pub is_first: bool,
}

impl Limiter {
    /// A limiter that nobody has asked yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, left: Mutex::default() }
    }

    /// Takes one request of a caller.
    ///
    /// # Errors
    /// [`Limited`] when there is none left.
    pub fn take(&self, caller: &str, now: Instant) -> Result<(), Limited> {
        let most = f64::from(self.rate.per_minute.max(1));
        let per_second = most / 60.0;
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST && !all.contains_key(caller) {
            all.clear();
        }
        let left = all.entry(caller.to_owned()).or_insert(Left { requests: most, at: now, was_told: false });
        let passed = now.saturating_duration_since(left.at).as_secs_f64();
        left.requests = (left.requests + passed * per_second).min(most);
        left.at = now;
        if left.requests >= 1.0 {
            left.requests -= 1.0;
            left.was_told = false;
            return Ok(());
        }
        let is_first = !std::mem::replace(&mut left.was_told, true);
        Err(Limited { after: Duration::from_secs_f64((1.0 - left.requests) / per_second), is_first })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_its_own_and_it_grows_again() {
        let limiter = Limiter::new(Rate { per_minute: 3 });
        let start = Instant::now();
        let take = |caller, seconds| limiter.take(caller, start + Duration::from_secs(seconds));
        for _ in 0..3 {
            take("web-1", 0).unwrap();
        }
        assert_eq!(take("web-1", 0), Err(Limited { after: Duration::from_secs(20), is_first: true }));
        assert_eq!(take("web-1", 5), Err(Limited { after: Duration::from_secs(15), is_first: false }));
        take("web-2", 5).unwrap();
        take("web-1", 21).unwrap();
        assert!(take("web-1", 21).is_err_and(|limited| limited.is_first));
        for _ in 0..3 {
            take("web-1", 3_600).unwrap();
        }
        assert!(take("web-1", 3_600).is_err());
    }
}
