//! Whether this machine and its user can contain QEMU, found out by doing it.

use std::{io, process::Stdio};

use rustix::mount::{UnmountFlags, unmount};

use super::{Containment, root::MOUNT_POINT};
use crate::vm::{shim::ShimError, spec::Machine};

/// Starts QEMU contained, only to ask for its version. The process that calls this is of no use for anything else then.
///
/// # Errors
/// [`ShimError`] when QEMU cannot be contained, with what bubblewrap or QEMU said.
pub(in crate::vm) fn rehearse(machine: &Machine) -> Result<(), ShimError> {
    let failed = ShimError::containment;
    let folder = tempfile::tempdir().map_err(failed("make a folder to try it in"))?;
    std::env::set_current_dir(folder.path()).map_err(failed("enter a folder to try it in"))?;
    let outcome = start(machine);
    // It is mounted for this process only, but the folder could not be removed.
    let _ = unmount(MOUNT_POINT, UnmountFlags::DETACH);
    let _ = std::env::set_current_dir("/");
    outcome
}

fn start(machine: &Machine) -> Result<(), ShimError> {
    let containment = Containment::prepare(machine, None)?;
    let mut qemu = std::process::Command::new(&machine.qemu);
    qemu.arg("--version");
    let mut contained = containment.wrap(&qemu)?;
    let ran = contained
        .stdin(Stdio::null())
        .output()
        .map_err(ShimError::containment("start QEMU in its containment"))?;
    if ran.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&ran.stderr);
    let words = words.lines().last().map_or_else(|| ran.status.to_string(), str::to_owned);
    Err(ShimError::containment("start QEMU in its containment")(io::Error::other(words)))
}
