//! The tripwire: a secret that a test knows must not be in anything that a program says.

use std::sync::{Mutex, PoisonError};

use crate::Ran;

/// What no program may say, for all tests of a process.
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Shorter texts would be hit by ordinary words.
const SHORTEST: usize = 8;

/// Registers a secret. From now on a test fails in which a program says it, on either output. Each line of a long one
/// counts by itself.
///
/// # Panics
/// When the secret is too short to be told from an ordinary word.
pub fn never_said(secret: &str) {
    let lines: Vec<_> = secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST).collect();
    assert!(!lines.is_empty(), "a secret for a test has at least {SHORTEST} characters in a line");
    let mut secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    secrets.extend(lines.into_iter().map(str::to_owned));
}

/// Fails the test in which a program said a registered secret. The secret is not repeated.
pub(crate) fn check(ran: &Ran) {
    let secrets = SECRETS.lock().unwrap_or_else(PoisonError::into_inner);
    for (number, secret) in secrets.iter().enumerate() {
        let said = |text: &str| text.contains(secret.as_str());
        assert!(!said(&ran.out) && !said(&ran.talk), "a program said registered secret number {number}");
    }
}
