//! What this machine must have before a guest can run. It is better known at `local up` than at the first VM.

use std::{path::Path, process::Command};

use clawlets_printer::{Fault, FaultCode};

use super::{
    background::Report,
    config::{config, this_program},
};
use crate::on_path::is_program;

/// Checks that QEMU is installed and that its guests can be contained.
///
/// # Errors
/// A fault that says what is missing and what to do.
pub(super) fn check() -> Result<(), Fault> {
    let qemu = config(0)?.guest.qemu;
    if !is_program(&qemu) {
        let message = format!("{} is not installed", qemu.display());
        return Err(Fault::new(FaultCode::LocalMissingTool, message)
            .hint("'scripts/setup' installs it; on Debian it is in the package qemu-system-x86"));
    }
    rehearse(&this_program()?)
}

/// Tries it in a process of its own, since there is no way back out of a namespace.
fn rehearse(program: &Path) -> Result<(), Fault> {
    let tried = Command::new(program).args(["--json", "local", "shim", "--rehearse"]).output();
    let tried = tried.map_err(|error| {
        Fault::new(FaultCode::Io, format!("failed to start {}", program.display())).because(&error)
    })?;
    if tried.status.success() {
        return Ok(());
    }
    match serde_json::from_slice::<Report>(&tried.stderr) {
        Ok(report) => Err(report.error),
        Err(_) => Err(Fault::new(
            FaultCode::LocalUncontained,
            format!("guests cannot be contained on this machine: {}", tried.status),
        )),
    }
}
