//! Programs of the system that do part of the work.

use std::process::{Command, Stdio};

use super::error::ImageError;

/// How much of a failed program's words is kept.
const LAST_LINES: usize = 5;

/// Runs a program to its end and returns what it wrote. Messages are in English, whatever the user speaks.
pub(super) fn run(command: &mut Command, purpose: &'static str) -> Result<Vec<u8>, ImageError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.env("LC_ALL", "C").stdin(Stdio::null()).output();
    let output = output.map_err(|source| ImageError::Tool { program: program.clone(), purpose, source })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let message = lines[lines.len().saturating_sub(LAST_LINES)..].join("; ");
    Err(ImageError::ToolFailed { program, purpose, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_and_one_that_fails_are_told_apart() {
        let missing = run(&mut Command::new("/nonexistent/program"), "test").unwrap_err();
        assert!(matches!(missing, ImageError::Tool { .. }), "{missing}");
        let failed = run(Command::new("sh").args(["-c", "echo first >&2; echo second >&2; exit 1"]), "test");
        assert_eq!(failed.unwrap_err().to_string(), "sh failed to test: first; second");
    }
}
