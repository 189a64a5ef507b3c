//! What a check came to.

use crate::mend::Mend;

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
        /// The command that mends it, or what a person has to do.
        fix: String,
        /// What mends it without a risk, if anything does.
        mend: Option<Mend>,
    },
    /// It cannot be known here and now.
    Unknown {
        /// Why.
        why: String,
    },
}

impl Verdict {
    pub(crate) fn problem(cause: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Problem { cause: cause.into(), fix: fix.into(), mend: None }
    }

    pub(crate) fn mendable(cause: impl Into<String>, fix: impl Into<String>, mend: Mend) -> Self {
        Self::Problem { cause: cause.into(), fix: fix.into(), mend: Some(mend) }
    }

    pub(crate) fn unknown(why: impl Into<String>) -> Self {
        Self::Unknown { why: why.into() }
    }

    /// Passes when the condition holds.
    pub(crate) fn pass_if(holds: bool, otherwise: impl FnOnce() -> Self) -> Self {
        if holds { Self::Pass } else { otherwise() }
    }

    pub(crate) fn of_project(self) -> Vec<Finding> {
        vec![Finding { about: None, verdict: self }]
    }

    pub(crate) fn about(self, what: impl Into<String>) -> Finding {
        Finding { about: Some(what.into()), verdict: self }
    }
}
