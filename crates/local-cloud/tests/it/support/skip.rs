//! Tests that cannot run here.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicUsize, Ordering},
};

/// Says that a test is skipped and why, and how many are by now.
#[expect(
    clippy::explicit_write,
    reason = "the test harness hides what the macros print, and nobody would notice"
)]
pub(crate) fn skip(test: &str, why: &str) {
    static SKIPPED: AtomicUsize = AtomicUsize::new(0);
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    writeln!(io::stderr(), "SKIPPED ({count}): {test}: {why}").unwrap();
}
