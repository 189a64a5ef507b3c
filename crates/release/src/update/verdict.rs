//! From the tries of health checks to a verdict.

use crate::document::{Check, Need, Reach};

/// How one try of a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probe {
    /// It succeeded.
    Healthy,
    /// It failed, or took longer than its deadline.
    Failed,
}

/// The last try of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// How it went; none before the first try ended.
    pub probe: Option<Probe>,
    /// When that was, in seconds since the probation began.
    pub at: u64,
}

/// What the checks say about a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every required check works, and has until now.
    Healthy {
        /// Wanted checks that fail.
        wanting: Vec<String>,
    },
    /// A required check failed.
    Failed {
        /// Whether that says something about this host alone.
        reach: Reach,
        /// Which.
        what: String,
    },
}

/// The verdict `elapsed` seconds into a probation of `probation` seconds; none while it cannot be said yet. `samples`
/// has the last try of each check.
///
/// A check may fail until its grace has passed; from then on one failed try of a required check ends the probation, so a
/// check that flaps is one that fails. When time is up, a required check that never ended a try has failed, too. Where
/// checks of both kinds failed, the local one counts.
#[must_use]
pub fn judge(checks: &[Check], samples: &[Sample], elapsed: u64, probation: u64) -> Option<Verdict> {
    let is_over = elapsed >= probation;
    let has_failed = |check: &Check, sample: Option<&Sample>| match sample.and_then(|sample| sample.probe) {
        Some(Probe::Failed) => {
            let grace = check.grace.map_or(0, |grace| grace.as_secs());
            is_over || sample.is_some_and(|sample| sample.at >= grace)
        }
        Some(Probe::Healthy) => false,
        None => is_over,
    };
    let mut failed: Vec<&Check> = checks
        .iter()
        .enumerate()
        .filter(|(at, check)| has_failed(check, samples.get(*at)))
        .map(|(_, check)| check)
        .collect();
    failed.sort_by_key(|check| check.reach());
    if let Some(check) = failed.iter().find(|check| check.need == Need::Required) {
        return Some(Verdict::Failed { reach: check.reach(), what: check.label() });
    }
    is_over.then(|| Verdict::Healthy { wanting: failed.iter().map(|check| check.label()).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{document::Look, value::Period};

    fn check(look: Look, need: Need, grace: Option<&str>) -> Check {
        let period = |text| Period::parse(text).unwrap();
        Check { look, need, grace: grace.map(period), deadline: period("5s") }
    }

    fn verdict(check: &Check, probe: Option<Probe>, at: u64) -> Option<Verdict> {
        judge(std::slice::from_ref(check), &[Sample { probe, at }], at, 120)
    }

    #[test]
    fn a_required_check_may_fail_only_during_its_grace() {
        let unit = check(Look::Unit("a.service".to_owned()), Need::Required, Some("30s"));
        assert_eq!(verdict(&unit, Some(Probe::Failed), 29), None);
        let failed = Verdict::Failed { reach: Reach::Local, what: "unit a.service".to_owned() };
        assert_eq!(verdict(&unit, Some(Probe::Failed), 30), Some(failed));
        assert_eq!(verdict(&unit, Some(Probe::Healthy), 119), None);
        assert_eq!(verdict(&unit, Some(Probe::Healthy), 120), Some(Verdict::Healthy { wanting: vec![] }));
    }

    #[test]
    fn a_check_that_hangs_has_failed_when_time_is_up() {
        let gateway = check(Look::Gateway, Need::Required, None);
        assert_eq!(verdict(&gateway, None, 119), None);
        assert!(matches!(verdict(&gateway, None, 120), Some(Verdict::Failed { .. })));
    }

    #[test]
    fn a_wanted_check_is_reported_and_takes_nothing_back() {
        let disk = check(Look::Disk, Need::Wanted, None);
        assert_eq!(verdict(&disk, Some(Probe::Failed), 10), None);
        let healthy = Verdict::Healthy { wanting: vec!["disk".to_owned()] };
        assert_eq!(verdict(&disk, Some(Probe::Failed), 120), Some(healthy));
    }

    #[test]
    fn where_both_kinds_failed_the_local_one_counts() {
        let checks = [check(Look::Tailnet, Need::Required, None), check(Look::Memory, Need::Required, None)];
        let failed = Sample { probe: Some(Probe::Failed), at: 1 };
        let local = Verdict::Failed { reach: Reach::Local, what: "memory".to_owned() };
        assert_eq!(judge(&checks, &[failed; 2], 1, 60), Some(local));
    }
}
