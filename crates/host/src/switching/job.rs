//! The process that switches.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::Path,
    process::{self, Stdio},
};

use super::{
    order::{JOB, LOCK, OUTPUT, RESULT},
    result::{Job, Outcome, SwitchError},
};
use crate::records;

/// Carries out the order in a folder, unless another process does. Its output goes to a file beside the order.
///
/// # Errors
/// [`SwitchError`] when there is no order, or its files cannot be used.
pub fn carry_out(folder: &Path) -> Result<(), SwitchError> {
    let mut lock = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    lock.set_len(0)?;
    writeln!(lock, "{}", process::id())?;
    let job = fs::read(folder.join(JOB)).ok().and_then(|bytes| serde_json::from_slice::<Job>(&bytes).ok());
    let job = job.ok_or_else(|| SwitchError::NoOrder(folder.display().to_string()))?;
    let is_done = |outcome: Outcome| outcome.key == job.key;
    if outcome(folder).is_some_and(is_done) {
        return Ok(());
    }
    let output = File::create(folder.join(OUTPUT))?;
    let code = match crate::process::command(&job.argv).and_then(|mut command| {
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).status()
    }) {
        Ok(status) => status.code(),
        Err(error) => {
            fs::write(folder.join(OUTPUT), format!("failed to run {:?}: {error}\n", job.argv))?;
            // What a shell says of a program that it cannot run.
            Some(if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 })
        }
    };
    let bytes =
        serde_json::to_vec(&Outcome { key: job.key, code }).expect("a text and a number have a form in JSON");
    records::replace(&folder.join(RESULT), &bytes)?;
    Ok(())
}

pub(super) fn outcome(folder: &Path) -> Option<Outcome> {
    serde_json::from_slice(&fs::read(folder.join(RESULT)).ok()?).ok()
}
