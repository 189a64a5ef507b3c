//! The rules in force, and how often each has been met.

use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::{
    rule::{Fault, FaultRule, RuleError},
    verdict::Verdict,
};

/// The faults that are in force.
#[derive(Debug, Default)]
pub(crate) struct FaultBook {
    entries: Mutex<Vec<Entry>>,
}

/// A rule and its count.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    rule: FaultRule,
    /// Requests that the rule concerns.
    matched: u64,
    /// Requests that it hit.
    hits: u64,
}

impl FaultBook {
    /// Replaces all rules, and counts from zero.
    pub(crate) fn set(&self, rules: Vec<FaultRule>) -> Result<(), RuleError> {
        rules.iter().try_for_each(FaultRule::check)?;
        let entries = rules.into_iter().map(|rule| Entry { rule, matched: 0, hits: 0 }).collect();
        *self.lock() = entries;
        Ok(())
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// By how many seconds the clock is to be wrong.
    pub(crate) fn clock_skew(&self) -> i64 {
        let skew = |entry: &Entry| match entry.rule.fault {
            Fault::ClockSkew { seconds } => Some(seconds),
            Fault::Latency { .. }
            | Fault::Error { .. }
            | Fault::LostRequest
            | Fault::LostAnswer
            | Fault::LateAnswer { .. }
            | Fault::ActionError { .. }
            | Fault::SlowAction { .. }
            | Fault::ListLag { .. } => None,
        };
        self.lock().iter().rev().find_map(skew).unwrap_or(0)
    }

    /// What happens to a request; `path` is the part below `/v1`.
    pub(crate) fn judge(&self, method: &str, path: &str) -> Verdict {
        let mut verdict = Verdict::default();
        for entry in self.lock().iter_mut().filter(|entry| entry.rule.concerns(method, path)) {
            let number = entry.matched;
            entry.matched += 1;
            if entry.rule.hits(number, entry.hits) {
                entry.hits += 1;
                verdict.add(&entry.rule.fault);
            }
        }
        verdict
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn rules(json: serde_json::Value) -> FaultBook {
        let book = FaultBook::default();
        book.set(serde_json::from_value(json).unwrap()).unwrap();
        book
    }

    #[test]
    fn a_rule_hits_only_its_requests_and_only_as_often_as_it_says() {
        let book = rules(serde_json::json!([
            { "method": "POST", "path": "/servers", "skip": 1, "count": 2,
              "fault": { "kind": "error", "status": 412, "code": "resource_unavailable" } },
        ]));
        assert!(book.judge("GET", "/servers").fabricated.is_none());
        assert!(book.judge("POST", "/images").fabricated.is_none());
        let hits: Vec<bool> = (0..5).map(|_| book.judge("POST", "/servers").fabricated.is_some()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        let entry = &book.entries()[0];
        assert_eq!((entry.matched, entry.hits), (5, 2));
    }

    #[test]
    fn the_same_seed_hits_the_same_requests() {
        let json = serde_json::json!([
            { "path": "/", "probability": 0.5, "seed": 42, "fault": { "kind": "lost_answer" } },
        ]);
        let run = || {
            let book = rules(json.clone());
            (0..50).map(|_| book.judge("GET", "/servers").transport).collect::<Vec<_>>()
        };
        assert_eq!(run(), run());
    }

    #[test]
    fn several_faults_of_one_request_add_up() {
        let book = rules(serde_json::json!([
            { "path": "/servers", "fault": { "kind": "latency", "ms": 10 } },
            { "path": "/servers", "fault": { "kind": "latency", "ms": 20 } },
            { "path": "/", "fault": { "kind": "clock_skew", "seconds": -5 } },
        ]));
        assert_eq!(book.judge("GET", "/servers").latency, Duration::from_millis(30));
        assert_eq!(book.clock_skew(), -5);
    }

    #[test]
    fn rules_that_make_no_sense_change_nothing() {
        let book = rules(serde_json::json!([{ "path": "/", "fault": { "kind": "lost_request" } }]));
        let bad: Vec<FaultRule> = serde_json::from_value(serde_json::json!([
            { "path": "/", "probability": 1.5, "fault": { "kind": "lost_request" } },
        ]))
        .unwrap();
        assert_eq!(book.set(bad), Err(RuleError::Probability));
        assert_eq!(book.entries().len(), 1);
    }
}
