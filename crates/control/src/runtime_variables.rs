//! What the Lambda runtime's library demands of its environment.

use std::{os::unix::process::CommandExt, process::Command};

use clawlets_control::config::Variables;

/// Variables that the library demands and this program has no use for, with what they are where nobody sets them: AWS does,
/// a runtime API on somebody's own machine may not.
const DEMANDED: [(&str, &str); 3] = [
    ("AWS_LAMBDA_FUNCTION_NAME", "clawlets-control"),
    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
    ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
];
/// Where the runtime API is.
pub(crate) const RUNTIME_API: &str = "AWS_LAMBDA_RUNTIME_API";

/// Starts this program anew, in its own place, with the variables that are missing. Returns where none is missing, or when
/// that fails.
///
/// A process cannot change its own environment safely once it has begun, and the library panics without them.
pub(crate) fn complete(variables: &Variables) -> Option<std::io::Error> {
    let missing: Vec<_> = DEMANDED.into_iter().filter(|(name, _)| variables.get(name).is_none()).collect();
    if missing.is_empty() {
        return None;
    }
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    Some(match std::env::current_exe() {
        Ok(program) => Command::new(program).arg0(name).args(words).envs(missing).exec(),
        Err(error) => error,
    })
}
