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

/// The rate limit that the newest answer told of.
#[derive(Debug, Default)]
pub(crate) struct LastRateLimit(Mutex<Option<RateLimit>>);

impl LastRateLimit {
    pub(crate) fn get(&self) -> Option<RateLimit> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn set(&self, seen: RateLimit) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(seen);
    }
}
