//! The end of a rehearsal.

use rustix::process::{WaitOptions, wait};

use super::CloneError;
use crate::{init, layout::Layout, names, task::Cgroup};

/// Undoes a rehearsal: no process, file, control group or name of it is left. Its threads and its session end when the
/// program executes itself anew, which must follow.
///
/// # Errors
/// [`CloneError`] when something may be left. The machine must end then.
pub fn forget(layout: &Layout) -> Result<(), CloneError> {
    if !init::is_first_process() {
        return Err(CloneError::NotFirst);
    }
    nobody_is_left()?;
    Cgroup::remove_leftover().map_err(CloneError::system("remove the control group"))?;
    init::renew_file_systems(layout)?;
    Ok(names::lay_down(layout)?)
}

/// The task's namespace took everything in it along when it ended; this makes sure, and buries what is dead.
fn nobody_is_left() -> Result<(), CloneError> {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) | Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::CHILD) => return Ok(()),
            Ok(None) => return Err(CloneError::LivesOn),
            Err(errno) => return Err(CloneError::system("look for processes")(errno.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_but_a_first_process_forgets() {
        assert!(matches!(forget(&Layout::new("/nonexistent")), Err(CloneError::NotFirst)));
    }
}
