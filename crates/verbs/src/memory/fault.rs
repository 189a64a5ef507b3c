//! Errors of the memory as faults.

use std::error::Error;

use clawlets_memory::{MemoryError, PolicyError};
use clawlets_printer::{Fault, FaultCode};

/// What a call came to, as a fault.
#[must_use]
pub fn of_memory(error: &MemoryError) -> Fault {
    let (code, hint) = match error {
        MemoryError::Path(_) => {
            (FaultCode::MemoryPath, Some("paths begin at the memory's root, such as 'project.md'".to_owned()))
        }
        MemoryError::NoRoot(_) => (
            FaultCode::MemoryNoRoot,
            Some("'clawlets-host memory init' makes it; CLAWLETS_MEMORY_ROOT names another one".to_owned()),
        ),
        MemoryError::NotMounted(_) => {
            (FaultCode::MemoryUnmounted, Some("'systemctl status memory.mount' says why".to_owned()))
        }
        MemoryError::Missing(_) => {
            (FaultCode::MemoryMissing, Some("'clf memory list' shows what there is".to_owned()))
        }
        MemoryError::Link { .. } => {
            (FaultCode::MemoryNotAFile, Some("links are never followed; name the file itself".to_owned()))
        }
        MemoryError::NotAFile { .. } => (FaultCode::MemoryNotAFile, None),
        MemoryError::TooLarge { .. } => (FaultCode::MemoryTooLarge, None),
        MemoryError::Busy { .. } => {
            (FaultCode::MemoryBusy, Some("try again, or wait longer with --wait 30s".to_owned()))
        }
        MemoryError::Changed { path, .. } => (
            FaultCode::MemoryChanged,
            Some(format!("nothing was changed; 'clf memory read {path}' shows what it is now")),
        ),
        MemoryError::Protected(_) => {
            (FaultCode::MemoryProtected, Some("ask an operator; notes of your own go into daily/".to_owned()))
        }
        MemoryError::Foreign { path, .. } => (
            FaultCode::MemoryForeign,
            Some(format!("an operator looks at it with 'clf memory log {path}' and writes it again")),
        ),
        MemoryError::NoSuchText(_) => (
            FaultCode::MemoryNoText,
            Some("--find takes the text as it stands, with every space and line break".to_owned()),
        ),
        MemoryError::Denied { .. } => {
            (FaultCode::MemoryDenied, Some("is your user in the memory's group?".to_owned()))
        }
        MemoryError::Io { .. } => (FaultCode::Io, None),
    };
    with_hint(code, error, hint)
}

/// Why the rules cannot be followed, as a fault.
#[must_use]
pub fn of_policy(error: &PolicyError) -> Fault {
    let hint = match error {
        PolicyError::Invalid { suggestion, .. } => {
            suggestion.as_ref().map(|suggestion| format!("did you mean '{suggestion}'?"))
        }
        PolicyError::NotRoots { path, .. } => {
            Some(format!("'chown root {0} && chmod 0644 {0}', and see what it says", path.display()))
        }
        PolicyError::Unreadable { .. } => None,
    };
    with_hint(FaultCode::MemoryPolicy, error, hint)
}

fn with_hint(code: FaultCode, error: &dyn Error, hint: Option<String>) -> Fault {
    let fault = Fault::of(code, error);
    match hint {
        Some(hint) => fault.hint(hint),
        None => fault,
    }
}
