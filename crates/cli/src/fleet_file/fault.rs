//! What can be wrong with an edit, as faults.

use std::{error::Error, fmt, path::Path};

use clawlets_fleet::{
    InvalidFleet, Problem,
    edit::{EditError, Refusal},
};
use clawlets_printer::{Fault, FaultCode};

/// A file that nothing can be edited in.
pub(super) fn unreadable(path: &Path, error: &EditError) -> Fault {
    Fault::new(FaultCode::FleetInvalid, format!("{} cannot be edited", path.display()))
        .because(error)
        .hint("repair it in an editor; nothing was changed")
}

/// A configuration that has errors, for a verb that needs one without.
pub(super) fn invalid(path: &Path, invalid: &InvalidFleet) -> Fault {
    let fault = Fault::new(FaultCode::FleetInvalid, format!("{} is not valid", path.display()))
        .hint("'clawlets config validate' lists everything with its line; 'clawlets config set' repairs it");
    invalid.errors().fold(fault, |fault, problem| fault.because(&Cause::placed(problem)))
}

/// A change that cannot be made.
pub(crate) fn of_change(error: &EditError) -> Fault {
    match error {
        EditError::Missing { .. } => Fault::new(FaultCode::FleetPathUnknown, error.to_string())
            .hint("'clawlets config show' prints the whole configuration"),
        EditError::Exists { .. } => Fault::new(FaultCode::FleetRefused, error.to_string()),
        EditError::NotJson(_) => {
            Fault::new(FaultCode::UsageValue, "the value cannot stand in the configuration").because(error)
        }
        EditError::NotAnObject { .. }
        | EditError::Leaf { .. }
        | EditError::NoSuchElement { .. }
        | EditError::Whole => Fault::new(FaultCode::UsageValue, error.to_string()),
    }
}

/// An edit that would make the configuration worse.
pub(super) fn of_refusal(path: &Path, refusal: &Refusal) -> Fault {
    match refusal {
        Refusal::EarlierVersion { version } => Fault::new(
            FaultCode::FleetEarlierVersion,
            format!("{} is of version {version}, which is read but not edited", path.display()),
        )
        .hint("'clawlets config migrate' rewrites it once"),
        Refusal::Worse { problems } => {
            let fault = Fault::new(
                FaultCode::FleetRefused,
                "the configuration would not be valid any more, so nothing was changed",
            );
            problems.iter().fold(fault, |fault, problem| fault.because(&Cause(problem.to_string())))
        }
    }
}

/// A problem as one of the causes of a fault.
#[derive(Debug)]
struct Cause(String);

impl Cause {
    fn placed(problem: &Problem) -> Self {
        Self(format!("line {}, column {}: {problem}", problem.line, problem.column))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Cause {}
