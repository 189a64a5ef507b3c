//! A log in a file.

use std::{fs::File, io::BufReader, path::Path};

use clawlets_audit::{Verified, verify};
use clawlets_printer::{Fault, FaultCode};

/// Reads a file to its end.
pub(super) fn verified(path: &Path, marks: &[String]) -> Result<Verified, Fault> {
    let shown = path.display();
    let unreadable = |error: &std::io::Error| {
        Fault::new(FaultCode::Io, format!("failed to read {shown}"))
            .because(error)
            .hint("the log is where the control API runs; --log names the file, --table the table")
    };
    let found = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !found.is_file() {
        return Err(Fault::new(FaultCode::Io, format!("{shown} is no regular file")));
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    verify(BufReader::new(file), marks)
        .map_err(|error| Fault::new(FaultCode::AuditBroken, format!("{shown} was changed")).because(&error))
}
