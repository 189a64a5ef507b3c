//! The end of a local cloud: of its daemon, and of every guest.

use std::{
    os::fd::AsFd,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::{endpoint::Endpoint, lock::DaemonLock, nobodies::end_nobodies};
use crate::{error::Error, state_dir::StateDir};

/// How long the daemon may take to end when it is asked, and again when it is not.
const DEADLINE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

/// What was ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Down {
    /// The process id of the daemon, if one ran.
    pub daemon: Option<u32>,
    /// The ids of servers whose guests ran. The servers are still there, switched off.
    pub guests: Vec<u64>,
}

/// Ends the daemon of a state directory and every guest, also guests that a dead daemon left behind. When it returns
/// without an error, no process is left. Blocks for some seconds at worst.
///
/// # Errors
/// [`Error::StillRunning`] when the daemon does not end, [`Error::Guest`] when a guest does not.
pub fn down(state_dir: &Path) -> Result<Down, Error> {
    let state = StateDir::new(state_dir);
    let daemon = end_daemon(&state)?;
    let mut guests = Vec::new();
    // Without a state there is nothing to lock, and nothing to end.
    if state.daemon_lock().exists() {
        // As long as we hold it, no new daemon starts a guest behind our back.
        let lock = DaemonLock::take(&state)?;
        for guest in state.guests()? {
            if guest.is_alive()? {
                guest.end()?;
                guests.push(guest.server_id());
            }
        }
        end_nobodies(&state)?;
        Endpoint::forget(&state)?;
        drop(lock);
    }
    Ok(Down { daemon, guests })
}

fn end_daemon(state: &StateDir) -> Result<Option<u32>, Error> {
    let mut ended = None;
    for signal in [Signal::TERM, Signal::KILL] {
        let deadline = Instant::now() + DEADLINE;
        let mut is_told = false;
        while let Some(pid) = DaemonLock::holder(state)? {
            ended = Some(pid);
            // A daemon that has just started may not have written its id yet.
            is_told = is_told || tell(state, pid, signal)?;
            if Instant::now() > deadline {
                break;
            }
            thread::sleep(PAUSE);
        }
    }
    match DaemonLock::holder(state)? {
        Some(pid) => Err(Error::StillRunning { pid, seconds: 2 * DEADLINE.as_secs() }),
        None => Ok(ended),
    }
}

/// Sends a signal to the process that holds the lock, and to no other. Returns whether it was sent.
fn tell(state: &StateDir, pid: u32, signal: Signal) -> Result<bool, Error> {
    let Some(pid_of_daemon) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return Ok(false) };
    let Ok(process) = pidfd_open(pid_of_daemon, PidfdFlags::empty()) else { return Ok(false) };
    // Still the holder now that its process can no longer be confused with another.
    let is_holder = DaemonLock::holder(state)? == Some(pid);
    Ok(is_holder && pidfd_send_signal(process.as_fd(), signal).is_ok())
}
