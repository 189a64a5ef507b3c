//! Running checks.

use serde::Serialize;

use crate::{
    check::{CHECKS, Check, Severity},
    scope::Scope,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// A check that was run, with what it found. Nothing found means that there was nothing to look at.
pub struct Examined {
    /// The check.
    pub check: &'static Check,
    /// What it found, one for each thing that it looked at.
    pub findings: Vec<Finding>,
}

/// What an examination came to, in the order of [`CHECKS`].
pub struct Report {
    /// The checks that were run.
    pub checks: Vec<Examined>,
}

/// How many findings came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// As it should be.
    pub passed: usize,
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Not known.
    pub unknown: usize,
}

/// Runs the checks of these scopes, and tells each one's id before it is run.
#[must_use]
pub fn examine(subject: &Subject<'_>, scopes: &[Scope], mut begins: impl FnMut(&'static str)) -> Report {
    let wanted = CHECKS.iter().filter(|check| scopes.contains(&check.scope));
    let run = |check: &'static Check| {
        begins(check.id);
        Examined { check, findings: (check.look)(subject) }
    };
    Report { checks: wanted.map(run).collect() }
}

impl Report {
    /// How many findings came to what.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for examined in &self.checks {
            for finding in &examined.findings {
                match (&finding.verdict, examined.check.severity) {
                    (Verdict::Pass, _) => tally.passed += 1,
                    (Verdict::Unknown { .. }, _) => tally.unknown += 1,
                    (Verdict::Problem { .. }, Severity::Error) => tally.errors += 1,
                    (Verdict::Problem { .. }, Severity::Warning) => tally.warnings += 1,
                }
            }
        }
        tally
    }
}
