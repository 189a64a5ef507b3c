//! From the tries of health checks to a verdict.

use super::step::WATCH_MARGIN;
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
    /// When that was, or when the first try began, in seconds since the probation began.
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
/// check that flaps is one that fails. When time is up, the first try of a required check is waited for until its
/// deadline, but a minute at most: an updater may have started a moment ago. Then one that never ended has failed, too.
/// Where checks of both kinds failed, the local one counts.
#[must_use]
pub fn judge(checks: &[Check], samples: &[Sample], elapsed: u64, probation: u64) -> Option<Verdict> {
    let is_over = elapsed >= probation;
    let has_failed = |check: &Check, sample: Option<&Sample>| match sample.and_then(|sample| sample.probe) {
        Some(Probe::Failed) => {
            let grace = check.grace.map_or(0, |grace| grace.as_secs());
            is_over || sample.is_some_and(|sample| sample.at >= grace)
        }
        Some(Probe::Healthy) => false,
        None => is_over && (check.need == Need::Wanted || elapsed >= patience(check, sample)),
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
    let is_awaited = |at: usize, check: &Check| {
        check.need == Need::Required && samples.get(at).is_none_or(|sample| sample.probe.is_none())
    };
    if !is_over || checks.iter().enumerate().any(|(at, check)| is_awaited(at, check)) {
        return None;
    }
    Some(Verdict::Healthy { wanting: failed.iter().map(|check| check.label()).collect() })
}

/// Until when the first try of a check may take, in seconds since the probation began.
fn patience(check: &Check, sample: Option<&Sample>) -> u64 {
    sample.map_or(0, |sample| sample.at) + check.deadline.as_secs().min(WATCH_MARGIN / 2)
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

    /// The same of a check whose first try began then, and has not ended.
    fn without_an_end(check: &Check, began: u64, elapsed: u64) -> Option<Verdict> {
        judge(std::slice::from_ref(check), &[Sample { probe: None, at: began }], elapsed, 120)
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
        assert_eq!(without_an_end(&gateway, 0, 119), None);
        assert!(matches!(without_an_end(&gateway, 0, 120), Some(Verdict::Failed { .. })));
    }

    #[test]
    fn a_check_is_tried_once_though_the_updater_starts_when_time_is_up() {
        let unit = check(Look::Unit("a.service".to_owned()), Need::Required, None);
        assert_eq!(without_an_end(&unit, 118, 122), None, "its deadline is five seconds");
        assert!(matches!(without_an_end(&unit, 118, 123), Some(Verdict::Failed { .. })));
        assert_eq!(without_an_end(&unit, 150, 154), None);
        assert_eq!(verdict(&unit, Some(Probe::Healthy), 154), Some(Verdict::Healthy { wanting: vec![] }));
        let patient = Check { deadline: Period::parse("1h").unwrap(), ..unit };
        assert_eq!(without_an_end(&patient, 120, 179), None);
        assert!(
            matches!(without_an_end(&patient, 120, 180), Some(Verdict::Failed { .. })),
            "before it is late"
        );
    }

    #[test]
    fn a_wanted_check_is_not_waited_for() {
        let disk = check(Look::Disk, Need::Wanted, None);
        let healthy = Verdict::Healthy { wanting: vec!["disk".to_owned()] };
        assert_eq!(without_an_end(&disk, 120, 120), Some(healthy));
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
