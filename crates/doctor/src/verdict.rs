//! What a check came to.

use crate::{fix::Fix, machine::Answer, mend::Mend};

/// What a check found about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The host, bot or file that it is about; none when it is the project.
    pub about: Option<String>,
    /// What it came to.
    pub verdict: Verdict,
}

/// What a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Pass,
    /// It is not.
    Problem {
        /// What is wrong, as a sentence without its end.
        cause: String,
        /// What mends it.
        fix: Fix,
        /// What mends it without a risk, if anything does.
        mend: Option<Mend>,
    },
    /// It cannot be known here and now.
    Unknown {
        /// Why.
        why: String,
    },
}

impl Finding {
    /// What is to be said of it, with the name of what it is about unless that is said anyway. None when it is as it
    /// should be.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let said = match &self.verdict {
            Verdict::Pass => return None,
            Verdict::Problem { cause: said, .. } | Verdict::Unknown { why: said } => said,
        };
        match &self.about {
            Some(about) if !said.contains(about.as_str()) => Some(format!("{about}: {said}")),
            Some(_) | None => Some(said.clone()),
        }
    }
}

impl Verdict {
    pub(crate) fn problem(cause: impl Into<String>, fix: Fix) -> Self {
        Self::Problem { cause: cause.into(), fix, mend: None }
    }

    pub(crate) fn mendable(cause: impl Into<String>, fix: Fix, mend: Mend) -> Self {
        Self::Problem { cause: cause.into(), fix, mend: Some(mend) }
    }

    pub(crate) fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }

    /// Passes when the condition holds.
    pub(crate) fn pass_if(holds: bool, otherwise: impl FnOnce() -> Self) -> Self {
        if holds { Self::Pass } else { otherwise() }
    }

    /// Passes when somebody said yes; their no is a problem.
    pub(crate) fn of(answer: Answer, fix: impl FnOnce() -> Fix) -> Self {
        match answer {
            Answer::Yes => Self::Pass,
            Answer::No(cause) => Self::problem(cause, fix()),
            Answer::Unknown(why) => Self::Unknown { why },
        }
    }

    pub(crate) fn of_project(self) -> Vec<Finding> {
        vec![Finding { about: None, verdict: self }]
    }

    pub(crate) fn about(self, what: impl Into<String>) -> Finding {
        Finding { about: Some(what.into()), verdict: self }
    }
}
