//! Errors of the local cloud as faults.

use std::path::Path;

use clawlets_local_cloud::{Error, ImageError};
use clawlets_printer::{Fault, FaultCode};

use super::config::log_file;

/// What the local cloud of a state folder came to, as a fault.
pub(super) fn of_cloud(error: &Error, state_dir: &Path) -> Fault {
    match error {
        Error::NotRunning { .. } => {
            Fault::new(FaultCode::LocalNotRunning, error.to_string()).hint("'clawlets local up' starts it")
        }
        Error::AlreadyServed { .. } | Error::StillRunning { .. } => {
            Fault::new(FaultCode::LocalBusy, error.to_string())
                .hint("'clawlets local status' shows it; CLAWLETS_STATE_DIR names another folder")
        }
        Error::Image(error) => of_image(error),
        Error::Exposed { state_dir } => Fault::new(FaultCode::LocalExposed, error.to_string()).hint(format!(
            "'chmod o-w {}', or name another folder with CLAWLETS_STATE_DIR",
            state_dir.display()
        )),
        Error::Listen { source, .. } => Fault::new(FaultCode::LocalFailed, error.to_string())
            .because(source)
            .hint("another program may have that port; without --port a free one is taken"),
        Error::File { source, .. } => Fault::new(FaultCode::Io, error.to_string()).because(source),
        Error::NotLoopback(_)
        | Error::Malformed { .. }
        | Error::Store { .. }
        | Error::Random(_)
        | Error::Guest(_)
        | Error::Refused { .. } => failed(error, state_dir),
        // Variants of a newer library.
        _ => failed(error, state_dir),
    }
}

/// What a build of the image came to, as a fault.
pub(super) fn of_image(error: &ImageError) -> Fault {
    let code = match error {
        ImageError::Tool { .. } => FaultCode::LocalMissingTool,
        ImageError::File { .. }
        | ImageError::Manifest { .. }
        | ImageError::ToolFailed { .. }
        | ImageError::NoKernel { .. }
        | ImageError::Kernel { .. }
        | ImageError::NoModule { .. } => FaultCode::LocalImage,
        // Variants of a newer library.
        _ => FaultCode::LocalImage,
    };
    Fault::new(code, "the guests' image cannot be built")
        .because(error)
        .hint("'scripts/setup' installs what it is made with; 'apt-get update' refreshes what apt knows")
}

fn failed(error: &Error, state_dir: &Path) -> Fault {
    Fault::new(FaultCode::LocalFailed, "the local cloud failed")
        .because(error)
        .hint(format!("its log is {}", log_file(state_dir).display()))
}
