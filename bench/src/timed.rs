//! The time that a process takes.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// The wall time of a process from its start to its end. What it says goes nowhere.
///
/// # Panics
/// When it cannot be started, or fails.
pub(crate) fn process(command: &mut Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status();
    let took = begun.elapsed();
    assert!(status.is_ok_and(|status| status.success()), "{command:?} failed");
    took
}
