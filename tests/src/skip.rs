//! Tests that this machine cannot run say so and are counted.

use std::io::Write;

/// Says that the calling test does not run and why. `make test` counts these lines.
pub fn skip(test: &str, why: &str) {
    // Not `eprintln!`: the test runner swallows what a passing test prints through the macros. In one piece and on a line of
    // its own, whatever others print meanwhile.
    let _ = std::io::stderr().write_all(format!("\nskipped: {test}: {why}\n").as_bytes());
}

/// Whether this process may do what only root may.
#[must_use]
pub fn is_root() -> bool {
    std::fs::read_to_string("/proc/self/status")
        .is_ok_and(|status| status.lines().any(|line| line.starts_with("Uid:\t0\t0\t")))
}
