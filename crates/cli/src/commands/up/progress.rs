//! How far a project is.

use clawlets_doctor::{Examined, Finding, Fix, Report, Verdict};

use super::step::{CHECK, REPOSITORY, STEPS, Step};

/// Every step with its state, of which at most one is the next.
pub(super) struct Progress {
    pub(super) steps: Vec<(&'static Step, State)>,
}

/// How far a step is.
pub(super) enum State {
    /// There is nothing to do.
    Done,
    /// It comes next.
    Next(Open),
    /// It comes after the next one.
    Later,
}

/// What is open about a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Open {
    /// What is missing; none when it is plain from the step.
    pub(super) cause: Option<String>,
    /// What does it.
    pub(super) fix: Fix,
}

impl Progress {
    /// Nothing is there.
    pub(super) fn before_a_project() -> Self {
        let rest = STEPS.iter().chain([&CHECK]).map(|step| (step, State::Later));
        Self {
            steps: std::iter::once((&REPOSITORY, State::Next(Open::of(&REPOSITORY)))).chain(rest).collect(),
        }
    }

    /// What checks say of a project, and whether everything was checked since then.
    pub(super) fn of(report: &Report, last: LastCheck) -> Self {
        let mut steps = vec![(&REPOSITORY, State::Done)];
        let mut has_next = false;
        for step in STEPS {
            let examined = || report.checks.iter().filter(|one| step.checks.contains(&one.check.id));
            let open =
                examined().flat_map(|one| &one.findings).find_map(|finding| Open::about(step, finding));
            let state = match open {
                Some(open) if !has_next => State::Next(open),
                Some(_) => State::Later,
                // Where there is nothing to look at yet, a step before this one is missing.
                None if has_next && !examined().any(has_findings) => State::Later,
                None => State::Done,
            };
            has_next |= matches!(state, State::Next(_));
            steps.push((step, state));
        }
        let state = match (has_next, last) {
            (true, _) => State::Later,
            (false, LastCheck::Passed) => State::Done,
            (false, LastCheck::Open) => State::Next(Open::of(&CHECK)),
        };
        steps.push((&CHECK, state));
        Self { steps }
    }

    /// The next step, with its place among all of them, from one.
    pub(super) fn next(&self) -> Option<(usize, &'static Step, &Open)> {
        self.steps.iter().enumerate().find_map(|(at, (step, state))| match state {
            State::Next(open) => Some((at + 1, *step, open)),
            State::Done | State::Later => None,
        })
    }
}

/// Whether everything was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastCheck {
    /// It was, just now.
    Passed,
    /// It was not, or did not pass.
    Open,
}

fn has_findings(examined: &Examined) -> bool {
    !examined.findings.is_empty()
}

impl Open {
    fn of(step: &Step) -> Self {
        Self { cause: None, fix: Fix::Command(step.command.unwrap_or_default().to_owned()) }
    }

    /// None when nothing is open.
    fn about(step: &Step, finding: &Finding) -> Option<Self> {
        let Verdict::Problem { fix, .. } = &finding.verdict else { return None };
        let fix = match step.command {
            Some(command) => Fix::Command(command.to_owned()),
            None => fix.clone(),
        };
        Some(Self { cause: finding.sentence(), fix })
    }

    /// The command as words, if it is one of this program.
    pub(super) fn own_command(&self) -> Option<Vec<String>> {
        match &self.fix {
            Fix::Command(command) if command.starts_with("clawlets ") => {
                Some(command.split_whitespace().map(str::to_owned).collect())
            }
            Fix::Command(_) | Fix::ByHand(_) => None,
        }
    }
}
