//! Running checks.

use serde::Serialize;

use crate::{
    check::{CHECKS, Check, Severity},
    scope::Scope,
    subject::Subject,
    verdict::{Finding, Verdict},
};

/// Which checks are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// Those of these scopes.
    Scopes(&'a [Scope]),
    /// Those of these ids.
    Ids(&'a [&'a str]),
}

impl Wanted<'_> {
    fn includes(self, check: &Check) -> bool {
        match self {
            Self::Scopes(scopes) => {
                let is_told_by_another = check.unless.is_some_and(|other| scopes.contains(&other));
                scopes.contains(&check.scope) && !is_told_by_another
            }
            Self::Ids(ids) => ids.contains(&check.id),
        }
    }
}

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

/// Runs the checks that are wanted, and tells each one's id before it is run. Once the operator wants it to end, the rest
/// is left out.
#[must_use]
pub fn examine(subject: &Subject<'_>, wanted: Wanted<'_>, mut begins: impl FnMut(&'static str)) -> Report {
    let run = |check: &'static Check| {
        begins(check.id);
        Examined { check, findings: (check.look)(subject) }
    };
    let checks = CHECKS.iter().filter(|check| wanted.includes(check));
    Report { checks: checks.take_while(|_| !subject.machine.is_interrupted()).map(run).collect() }
}

impl Report {
    /// How many findings came to what.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for examined in &self.checks {
            let counted = examined.tally();
            tally.passed += counted.passed;
            tally.errors += counted.errors;
            tally.warnings += counted.warnings;
            tally.unknown += counted.unknown;
        }
        tally
    }
}

impl Examined {
    /// How many of its findings came to what.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for finding in &self.findings {
            match (&finding.verdict, self.check.severity) {
                (Verdict::Pass, _) => tally.passed += 1,
                (Verdict::Unknown { .. }, _) => tally.unknown += 1,
                (Verdict::Problem { .. }, Severity::Error) => tally.errors += 1,
                (Verdict::Problem { .. }, Severity::Warning) => tally.warnings += 1,
            }
        }
        tally
    }
}
