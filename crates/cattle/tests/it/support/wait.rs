//! Waiting for a condition, and skipping in the open.

use std::{
    io::Write,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// Waits until the condition holds; fails the test after a minute.
#[track_caller]
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < end, "{what} did not come about");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a test that needs root can run. When it cannot, that is printed and counted.
pub(crate) fn needs_root(test: &str) -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        skipped(&format!("needs root: {test}"));
    }
    is_root
}

/// Prints that a test does not run, and counts it.
pub(crate) fn skipped(what: &str) {
    let count = SKIPPED.fetch_add(1, Ordering::SeqCst) + 1;
    // Straight to the terminal: the harness keeps to itself what a test that passes prints.
    let _ = writeln!(std::io::stderr(), "skipped: {what} ({count} so far)");
}
