//! What the program says before there is a log.

use std::{
    error::Error,
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clawlets_model::ExitCode as Code;
use clawlets_orchestrator::{StartError, config::ConfigError};

/// Every fault of the configuration.
pub(crate) fn config_error(error: &ConfigError) -> ExitCode {
    say_error(error);
    match error {
        ConfigError::Invalid { faults, .. } => {
            for fault in faults {
                say(&format!("  {fault}"));
            }
        }
        ConfigError::Unreadable { .. } => {}
    }
    Code::ConfigInvalid.into()
}

/// The answer to `--check-config` when all is well.
pub(crate) fn config_is_valid(path: &Path) -> ExitCode {
    say(&format!("{} is valid", path.display()));
    Code::Ok.into()
}

/// Which pages of the reference were written.
pub(crate) fn reference_is_written(pages: io::Result<Vec<PathBuf>>) -> ExitCode {
    match pages {
        Ok(pages) => {
            pages.iter().for_each(|page| say(&format!("  {}", page.display())));
            Code::Ok.into()
        }
        Err(error) => {
            say_error(&error);
            Code::Unreachable.into()
        }
    }
}

/// Why the daemon did not start.
pub(crate) fn start_error(error: &StartError) -> ExitCode {
    say_error(error);
    error.exit_code().into()
}

/// The service manager passed something that is no unix socket.
pub(crate) fn no_activated_socket(error: &dyn Error) -> ExitCode {
    say_error(error);
    say("hint: the socket unit must have one ListenStream= with a path");
    Code::ConfigInvalid.into()
}

/// There are no threads to be had.
pub(crate) fn no_runtime(error: &dyn Error) -> ExitCode {
    say_error(error);
    Code::Failed.into()
}

/// An error with its causes, one a line.
fn say_error(error: &dyn Error) {
    say(&format!("error: {error}"));
    let mut cause = error.source();
    while let Some(error) = cause {
        say(&format!("  caused by: {error}"));
        cause = error.source();
    }
}

fn say(line: &str) {
    // Nobody reads standard error any more: then there is nobody to tell.
    let _ = writeln!(io::stderr(), "{line}");
}
