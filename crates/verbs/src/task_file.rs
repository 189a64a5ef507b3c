//! The task that a spawn runs, from a file or from standard input.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use clawlets_model::{Task, limits};
use clawlets_printer::{Fault, FaultCode};

use crate::fault::of_document;

/// Reads and checks a task; `-` is standard input.
///
/// # Errors
/// A fault that names the file, the JSON path and the line.
pub fn read(path: &Path) -> Result<Task, Fault> {
    let name = if path == Path::new("-") {
        "the task on standard input".to_owned()
    } else {
        path.display().to_string()
    };
    let unreadable =
        |error: io::Error| Fault::new(FaultCode::Io, format!("failed to read {name}")).because(&error);
    let mut bytes = Vec::new();
    // One byte more than allowed, so that the check sees that there is too much.
    let most = limits::TASK_DOCUMENT as u64 + 1;
    if path == Path::new("-") {
        io::stdin().lock().take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        File::open(path).map_err(unreadable)?.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if bytes.len() > limits::TASK_DOCUMENT {
        let message = format!("{name} is larger than {} bytes", limits::TASK_DOCUMENT);
        return Err(Fault::new(FaultCode::TaskInvalid, message)
            .hint("put large inputs where the task can fetch them, or split the task"));
    }
    Task::parse(&bytes).map_err(|error| of_document(FaultCode::TaskInvalid, &name, &error))
}
