//! When a failed request is tried again: a pure decision.

use std::time::Duration;

use jiff::Timestamp;

use crate::CloudError;

/// The first wait between tries, before jitter.
pub const FIRST_WAIT: Duration = Duration::from_millis(200);
/// The longest wait between tries, before jitter.
pub const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How often an answer that makes no sense is asked for again.
const MALFORMED_TRIES: u32 = 3;

/// What it means to send a request twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The same as sending it once: reads, deletes, replacements, power.
    Harmless,
    /// A second thing, unless the first is found by its unique name.
    FoundByName,
    /// A second thing, and nothing tells whether there is a first.
    MakesAnother,
}

/// What to do after a failed try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Wait, then send the same request again.
    Retry {
        /// How long to wait.
        after: Duration,
    },
    /// Wait, then look whether the thing exists before anything is sent again.
    LookUp {
        /// How long to wait.
        after: Duration,
    },
    /// Hand the error to the caller.
    GiveUp,
}

/// Decides what to do after try number `tries` (from 1) failed with `error`.
///
/// `left` is what is left until the caller's deadline: a wait that would not end before it is not begun. `fraction` is
/// chance, from 0 to 1: of two programs that failed together one waits up to twice as long as the other.
///
/// - too many requests (429): wait for the reset that the provider named, else back off;
/// - a concurrent change (409), a lock (423), no connection: back off, nothing was accepted;
/// - a failure of the provider (5xx), a lost connection, no answer, an answer that makes no sense: back off, and where a
///   repetition would make a second thing, look first or give up;
/// - anything else is final: capacity (412), quota, input, token.
#[must_use]
pub fn decide(
    repeat: Repeat,
    error: &CloudError,
    tries: u32,
    now: Timestamp,
    left: Duration,
    fraction: f64,
) -> Next {
    let backoff = backoff(tries, fraction);
    let wait = match error {
        CloudError::RateLimited { reset: Some(reset), .. } if *reset > now => {
            // Everybody who was refused waits for the same moment: spread out behind it.
            let until_reset = Duration::try_from(reset.duration_since(now)).unwrap_or_default();
            until_reset.saturating_add(FIRST_WAIT.mul_f64(clamped(fraction)))
        }
        CloudError::RateLimited { .. }
        | CloudError::Conflict { .. }
        | CloudError::Locked { .. }
        | CloudError::Unreachable { .. }
        | CloudError::Server { .. }
        | CloudError::Timeout { .. }
        | CloudError::Transport { .. } => backoff,
        CloudError::Malformed { .. } if tries < MALFORMED_TRIES => backoff,
        CloudError::Malformed { .. } | CloudError::UniquenessConflict { .. }
            if repeat == Repeat::FoundByName =>
        {
            backoff
        }
        CloudError::Malformed { .. }
        | CloudError::UniquenessConflict { .. }
        | CloudError::Unauthorized { .. }
        | CloudError::Forbidden { .. }
        | CloudError::ResourceLimit { .. }
        | CloudError::Protected { .. }
        | CloudError::NotFound { .. }
        | CloudError::NameTaken { .. }
        | CloudError::ResourceInUse { .. }
        | CloudError::OutOfCapacity { .. }
        | CloudError::InvalidInput { .. }
        | CloudError::Refused { .. }
        | CloudError::Unsteady { .. }
        | CloudError::ActionFailed { .. }
        | CloudError::ActionsPending { .. }
        | CloudError::Unsettled { .. } => return Next::GiveUp,
    };
    if wait >= left {
        return Next::GiveUp;
    }
    let doubt = error.leaves_doubt() || matches!(error, CloudError::UniquenessConflict { .. });
    match (repeat, doubt) {
        (Repeat::Harmless, true | false) | (Repeat::FoundByName | Repeat::MakesAnother, false) => {
            Next::Retry { after: wait }
        }
        (Repeat::FoundByName, true) => Next::LookUp { after: wait },
        (Repeat::MakesAnother, true) => Next::GiveUp,
    }
}

/// The wait after try number `tries` (from 1): doubling from [`FIRST_WAIT`] to [`LONGEST_WAIT`], of which `fraction`
/// decides the upper half.
#[must_use]
pub fn backoff(tries: u32, fraction: f64) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX));
    doubled.min(LONGEST_WAIT).mul_f64(0.5 + clamped(fraction) / 2.0)
}

fn clamped(fraction: f64) -> f64 {
    if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn text() -> String {
        String::new()
    }

    fn transient() -> Vec<CloudError> {
        let lost = || Box::<dyn std::error::Error + Send + Sync>::from("lost");
        vec![
            CloudError::Server { tried: text(), status: 503, message: text() },
            CloudError::Timeout { tried: text(), after: MINUTE },
            CloudError::Transport { tried: text(), source: lost() },
            CloudError::Malformed { tried: text(), why: text() },
        ]
    }

    fn not_accepted() -> Vec<CloudError> {
        vec![
            CloudError::Conflict { tried: text(), message: text() },
            CloudError::Locked { tried: text() },
            CloudError::RateLimited { tried: text(), reset: None },
            CloudError::Unreachable { tried: text(), source: "refused".into() },
        ]
    }

    fn final_ones() -> Vec<CloudError> {
        vec![
            CloudError::Unauthorized { tried: text() },
            CloudError::Forbidden { tried: text(), message: text() },
            CloudError::ResourceLimit { tried: text(), limits: Vec::new() },
            CloudError::Protected { tried: text() },
            CloudError::NotFound { tried: text(), message: text() },
            CloudError::NameTaken { name: text(), server: crate::ServerId::new(1) },
            CloudError::ResourceInUse { tried: text(), message: text() },
            CloudError::OutOfCapacity { tried: text(), message: text() },
            CloudError::InvalidInput { tried: text(), message: text(), fields: Vec::new() },
            CloudError::Refused { tried: text(), status: 418, code: text(), message: text() },
        ]
    }

    fn next(repeat: Repeat, error: &CloudError) -> Next {
        decide(repeat, error, 1, Timestamp::UNIX_EPOCH, MINUTE, 0.5)
    }

    #[test]
    fn what_is_harmless_is_sent_again() {
        for error in transient().iter().chain(&not_accepted()) {
            assert!(matches!(next(Repeat::Harmless, error), Next::Retry { .. }), "{error:?}");
        }
    }

    #[test]
    fn what_was_not_accepted_is_sent_again_whatever_it_is() {
        for repeat in [Repeat::Harmless, Repeat::FoundByName, Repeat::MakesAnother] {
            for error in not_accepted() {
                assert!(matches!(next(repeat, &error), Next::Retry { .. }), "{repeat:?} {error:?}");
            }
        }
    }

    #[test]
    fn a_create_in_doubt_is_looked_up_or_given_up() {
        for error in transient() {
            assert!(matches!(next(Repeat::FoundByName, &error), Next::LookUp { .. }), "{error:?}");
            assert_eq!(next(Repeat::MakesAnother, &error), Next::GiveUp, "{error:?}");
        }
    }

    #[test]
    fn a_taken_name_is_looked_up_only_where_a_name_finds_it() {
        let error = CloudError::UniquenessConflict { tried: text(), fields: Vec::new() };
        assert!(matches!(next(Repeat::FoundByName, &error), Next::LookUp { .. }));
        assert_eq!(next(Repeat::MakesAnother, &error), Next::GiveUp);
        assert_eq!(next(Repeat::Harmless, &error), Next::GiveUp);
    }

    #[test]
    fn what_is_final_is_not_sent_again() {
        for repeat in [Repeat::Harmless, Repeat::FoundByName, Repeat::MakesAnother] {
            for error in final_ones() {
                assert_eq!(next(repeat, &error), Next::GiveUp, "{repeat:?} {error:?}");
            }
        }
    }

    #[test]
    fn a_named_reset_is_waited_for_if_there_is_time() {
        let now = Timestamp::UNIX_EPOCH;
        let limited =
            |seconds| CloudError::RateLimited { tried: text(), reset: Timestamp::from_second(seconds).ok() };
        let cases = [
            (limited(20), Next::Retry { after: Duration::from_secs(20) }),
            (limited(60), Next::GiveUp),
            (limited(3_600), Next::GiveUp),
            (limited(0), Next::Retry { after: backoff(1, 0.0) }),
            (limited(-20), Next::Retry { after: backoff(1, 0.0) }),
        ];
        for (error, expected) in cases {
            assert_eq!(decide(Repeat::Harmless, &error, 1, now, MINUTE, 0.0), expected, "{error:?}");
        }
    }

    #[test]
    fn nonsense_is_asked_for_three_times() {
        let error = CloudError::Malformed { tried: text(), why: text() };
        let at = |tries| decide(Repeat::Harmless, &error, tries, Timestamp::UNIX_EPOCH, MINUTE, 0.0);
        assert!(matches!(at(2), Next::Retry { .. }));
        assert_eq!(at(3), Next::GiveUp);
    }

    proptest! {
        #[test]
        fn no_wait_outlasts_the_deadline(
            which in 0_usize..9,
            tries in any::<u32>(),
            left in 0_u64..20_000,
            fraction in any::<f64>(),
            reset in proptest::option::of(-10_000_i64..10_000),
        ) {
            let mut errors = transient();
            errors.extend(not_accepted());
            errors.push(CloudError::RateLimited {
                tried: text(),
                reset: reset.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            });
            let left = Duration::from_millis(left);
            let next = decide(Repeat::Harmless, &errors[which], tries, Timestamp::UNIX_EPOCH, left, fraction);
            if let Next::Retry { after } | Next::LookUp { after } = next {
                prop_assert!(after < left);
            }
        }

        #[test]
        fn backoff_grows_to_its_bound(tries in 1_u32.., fraction in 0.0_f64..1.0) {
            let wait = backoff(tries, fraction);
            prop_assert!(wait >= FIRST_WAIT / 2 && wait <= LONGEST_WAIT);
            prop_assert!(backoff(tries.saturating_add(1), fraction) >= wait);
        }
    }
}
