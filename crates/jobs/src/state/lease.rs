//! Who works on a job, and until when.

use std::{fmt, time::Duration};

use jiff::Timestamp;

/// How long a lease lasts without a heartbeat. A dead worker's job can be claimed this long after its last heartbeat.
pub const LEASE: Duration = Duration::from_secs(15);
/// How often a worker renews its leases: two heartbeats may be lost before a lease is.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(5);
/// The longest lease that is given. One that seems to last longer was made by a clock that has since been set back, and
/// counts as expired.
pub const LONGEST_LEASE: Duration = Duration::from_secs(60);

/// The name of a worker, for people who read the history: 1 to 64 printable ASCII characters without spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkerId(String);

/// A worker's name that does not follow its grammar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("worker id {0:?} is not valid: expected 1 to 64 printable ASCII characters without spaces")]
pub struct InvalidWorkerId(String);

impl WorkerId {
    /// Reads a name.
    ///
    /// # Errors
    /// [`InvalidWorkerId`] when it is empty, too long, or holds spaces or characters that do not print.
    pub fn parse(text: &str) -> Result<Self, InvalidWorkerId> {
        if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidWorkerId(text.chars().take(80).collect()))
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The right of one worker to work on one job. Its epoch is [`super::Job::lease_epoch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Who holds it.
    pub worker: WorkerId,
    /// Until when, unless it is renewed.
    pub expires_at: Timestamp,
}

impl Lease {
    /// Whether another worker may take the job.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at <= now
            || self.expires_at > now.saturating_add(LONGEST_LEASE).unwrap_or(Timestamp::MAX)
    }
}

/// What an event must prove before it may change a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fence {
    /// It comes from the worker that holds the lease of this epoch. A worker that was thought dead and comes back is
    /// refused.
    Lease(u64),
    /// It comes from the VM of this attempt. A VM that was given up is refused.
    Guest(u32),
    /// It comes from a person, the reaper, or the store itself.
    Open,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_beyond_the_longest_was_made_by_another_clock() {
        let at = |s| Timestamp::from_second(s).unwrap();
        let lease = Lease { worker: WorkerId::parse("w").unwrap(), expires_at: at(1_000) };
        for (now, expired) in
            [(985, false), (999, false), (1_000, true), (5_000, true), (940, false), (939, true)]
        {
            assert_eq!(lease.is_expired(at(now)), expired, "{now}");
        }
    }

    #[test]
    fn a_workers_name_prints_on_one_line() {
        assert!(WorkerId::parse("web-1/4711#3").is_ok());
        for bad in ["", "a b", "a\nb", "ü", &"x".repeat(65)] {
            assert!(WorkerId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
