//! Programs that are run to their end or to a deadline.

use std::{
    io::Read,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::machine::Machine;

/// How often it is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(20);

/// Why a program did not succeed.
pub(crate) enum Failure {
    /// It could not be started.
    NotStarted(std::io::Error),
    /// It failed, and wrote this to standard error.
    Said(String),
    /// It had not ended in time, or the operator did not want to wait any longer.
    Late,
}

/// Runs a program in a folder; what it writes to standard output is dropped.
pub(crate) fn run(
    machine: &dyn Machine,
    program: &Path,
    folder: &Path,
    words: &[&str],
    deadline: Duration,
) -> Result<(), Failure> {
    let mut command = Command::new(program);
    command.current_dir(folder).args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(Failure::NotStarted)?;
    let mut stderr = child.stderr.take().expect("standard error was asked for");
    let reader = thread::spawn(move || {
        let mut said = Vec::new();
        // What was read before an error is all that there is to tell.
        let _ = stderr.read_to_end(&mut said);
        String::from_utf8_lossy(&said).into_owned()
    });
    let begin = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) => return Err(Failure::Said(reader.join().unwrap_or_default())),
            Ok(None) if begin.elapsed() < deadline && !machine.is_interrupted() => thread::sleep(LOOK),
            Ok(None) | Err(_) => {
                end(&mut child);
                return Err(Failure::Late);
            }
        }
    }
}

fn end(child: &mut Child) {
    // One that ended meanwhile cannot be killed, and is waited for all the same.
    let _ = child.kill();
    let _ = child.wait();
}
