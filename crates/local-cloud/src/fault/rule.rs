//! One fault, and when it happens.

use serde::{Deserialize, Serialize};

/// A fault for some requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultRule {
    /// Only requests of this method; any if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) method: Option<String>,
    /// Only requests whose path below `/v1` begins like this.
    pub(crate) path: String,
    /// What happens.
    pub(crate) fault: Fault,
    /// How many matching requests are spared first.
    #[serde(default)]
    pub(crate) skip: u64,
    /// How many matching requests are hit at most; all if it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
    /// How likely each of them is hit, from 0 to 1.
    #[serde(default = "always")]
    pub(crate) probability: f64,
    /// Decides, together with the number of the request, whether it is hit. The same seed hits the same requests.
    #[serde(default)]
    pub(crate) seed: u64,
}

fn always() -> f64 {
    1.0
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fault {
    /// It is handled late.
    Latency {
        /// How late.
        ms: u64,
    },
    /// It is answered with an error instead of being handled. 502 and 504 look as a proxy would write them.
    Error {
        /// The HTTP status, from 400 to 599.
        status: u16,
        /// The code in the answer.
        code: String,
        /// The seconds after which `RateLimit-Reset` promises success; without it the header is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reset_seconds: Option<u64>,
    },
    /// The connection is closed before anything was done.
    LostRequest,
    /// Everything is done, and then the connection is closed without an answer.
    LostAnswer,
    /// Everything is done, and the answer comes late.
    LateAnswer {
        /// How late.
        ms: u64,
    },
    /// The first action that the request starts ends in this error instead of doing its work.
    ActionError {
        /// The code of the action's error.
        code: String,
        /// Its message.
        message: String,
    },
    /// The actions that the request starts take longer: a slow deletion, say.
    SlowAction {
        /// How much longer.
        ms: u64,
    },
    /// Lists show the servers of a while ago: new ones are missing, deleted ones are still there.
    ListLag {
        /// How long ago.
        ms: u64,
    },
    /// The cloud's clock is wrong while the rule exists, whatever the request.
    ClockSkew {
        /// By how much; negative is late.
        seconds: i64,
    },
}

/// Why a rule makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RuleError {
    /// Not between 0 and 1.
    #[error("the probability must be between 0 and 1")]
    Probability,
    /// Not an error status.
    #[error("the status must be between 400 and 599")]
    Status,
}

impl FaultRule {
    pub(super) fn check(&self) -> Result<(), RuleError> {
        if !(0.0..=1.0).contains(&self.probability) {
            return Err(RuleError::Probability);
        }
        match &self.fault {
            Fault::Error { status, .. } if !(400..600).contains(status) => Err(RuleError::Status),
            Fault::Error { .. }
            | Fault::Latency { .. }
            | Fault::LostRequest
            | Fault::LostAnswer
            | Fault::LateAnswer { .. }
            | Fault::ActionError { .. }
            | Fault::SlowAction { .. }
            | Fault::ListLag { .. }
            | Fault::ClockSkew { .. } => Ok(()),
        }
    }

    pub(super) fn concerns(&self, method: &str, path: &str) -> bool {
        self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && path.starts_with(&self.path)
    }

    /// Whether the matching request of this number, counted from zero, is hit after `hits` were.
    pub(super) fn hits(&self, number: u64, hits: u64) -> bool {
        number >= self.skip
            && self.count.is_none_or(|count| hits < count)
            && chance(self.seed, number) < self.probability
    }
}

/// A number from 0 to 1 (exclusive) that is decided by its arguments: one step of the SplitMix64 generator.
fn chance(seed: u64, number: u64) -> f64 {
    let mut bits = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chances_are_between_zero_and_one_and_the_same_every_time(seed: u64, number: u64) {
            let drawn = chance(seed, number);
            prop_assert!((0.0..1.0).contains(&drawn));
            prop_assert!(drawn.to_bits() == chance(seed, number).to_bits());
        }
    }

    #[test]
    fn about_half_of_the_requests_are_hit_with_a_probability_of_one_half() {
        let hit = (0..1000).filter(|number| chance(7, *number) < 0.5).count();
        assert!((450..550).contains(&hit), "{hit}");
    }
}
