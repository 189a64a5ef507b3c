//! When a failed try is repeated.

use std::time::Duration;

use clawlets_model::JobKind;

/// How often a worker may fall silent over one job before the job is given up as one that kills its workers.
pub const MOST_TAKEOVERS: u32 = 50;

/// The pauses between tries: they double from `first` up to `longest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The pause after the first failure.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl RetryPolicy {
    /// The policy for a kind of job.
    #[must_use]
    pub const fn of(kind: JobKind) -> Self {
        match kind {
            JobKind::CattleSpawn => Self { first: Duration::from_secs(2), longest: Duration::from_secs(120) },
            JobKind::CattleReap => Self { first: Duration::from_secs(5), longest: Duration::from_secs(60) },
        }
    }

    /// The pause after the given number of failures, which is at least 1.
    #[must_use]
    pub fn pause(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = RetryPolicy::of(JobKind::CattleSpawn);
        let seconds: Vec<u64> = (1..=9).map(|failures| policy.pause(failures).as_secs()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 64, 120, 120, 120]);
        assert_eq!(policy.pause(u32::MAX), policy.longest);
    }
}
