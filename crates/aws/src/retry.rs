//! When a failed call is tried again: a pure decision.

use std::time::Duration;

use crate::AwsError;

/// How many times as long as the first wait the longest is.
const LONGEST: u32 = 50;
/// How often an answer that makes no sense is asked for again.
const MALFORMED_TRIES: u32 = 3;

/// How long to wait before the next try, after try number `tries` (from 1) failed with `error`; `None` to give up.
///
/// `left` is what is left until the caller's deadline: a wait that would not end before it is not begun. `fraction` is
/// chance, from 0 to 1: of two programs that failed together one waits up to twice as long as the other.
pub(crate) fn wait(
    error: &AwsError,
    tries: u32,
    first: Duration,
    left: Duration,
    fraction: f64,
) -> Option<Duration> {
    let is_nonsense = matches!(error, AwsError::Malformed { .. } | AwsError::Corrupt { .. });
    let is_worth_it = error.is_retryable() && (!is_nonsense || tries < MALFORMED_TRIES);
    let doubled = first.saturating_mul(1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX));
    let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
    let wait = doubled.min(first.saturating_mul(LONGEST)).mul_f64(0.5 + fraction / 2.0);
    (is_worth_it && wait < left).then_some(wait)
}

/// Chance, from 0 to 1. Not for secrets; without randomness programs may coincide, which is no reason to fail.
pub(crate) fn chance() -> f64 {
    f64::from(getrandom::u32().unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FIRST: Duration = Duration::from_millis(200);
    const MINUTE: Duration = Duration::from_secs(60);

    fn throttled() -> AwsError {
        AwsError::Throttled { tried: String::new(), code: "SlowDown".to_owned() }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_what_is_final_is_not() {
        let tried = String::new;
        let code = String::new;
        let cases = [
            (throttled(), true),
            (AwsError::Server { tried: tried(), status: 503, code: code() }, true),
            (AwsError::Timeout { tried: tried(), after: MINUTE }, true),
            (AwsError::Unreachable { tried: tried(), source: "refused".into() }, true),
            (AwsError::Transport { tried: tried(), source: "reset".into() }, true),
            (AwsError::Malformed { tried: tried(), why: code() }, true),
            (AwsError::Denied { tried: tried(), code: code() }, false),
            (AwsError::NotFound { tried: tried(), code: code() }, false),
            (AwsError::Redirected { tried: tried(), status: 301 }, false),
            (AwsError::TooLarge { tried: tried(), limit: 1 }, false),
        ];
        for (error, is_retried) in cases {
            assert_eq!(wait(&error, 1, FIRST, MINUTE, 0.5).is_some(), is_retried, "{error:?}");
        }
        let malformed = AwsError::Malformed { tried: tried(), why: code() };
        assert_eq!(wait(&malformed, 3, FIRST, MINUTE, 0.5), None);
    }

    proptest! {
        #[test]
        fn waits_grow_to_a_bound_and_never_outlast_the_deadline(
            tries in 1_u32..,
            left in 0_u64..20_000,
            fraction in any::<f64>(),
        ) {
            let left = Duration::from_millis(left);
            if let Some(wait) = wait(&throttled(), tries, FIRST, left, fraction) {
                prop_assert!(wait < left && wait >= FIRST / 2 && wait <= FIRST * LONGEST);
            }
        }
    }
}
