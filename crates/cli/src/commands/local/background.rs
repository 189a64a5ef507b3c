//! Starting the daemon so that it outlives this program.

use std::{
    fs::{self, OpenOptions},
    io,
    net::{SocketAddr, TcpStream},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clawlets_local_cloud::{Endpoint, status};
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::{CLAWLETS_CACHE_DIR, CLAWLETS_STATE_DIR};

use super::config::{log_file, this_program};
use crate::folders;

/// How long the daemon may take until it answers. It may have to find out first whether KVM works.
const DEADLINE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
/// How long a connection on loopback may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many lines of the log are shown when the daemon fails.
const SHOWN: usize = 5;

/// Starts the daemon in a session of its own and waits until it answers.
pub(super) fn start(state_dir: &Path, port: u16) -> Result<Endpoint, Fault> {
    let log = log_file(state_dir);
    let mut child = spawn(state_dir, &log, port).map_err(|error| {
        Fault::new(FaultCode::LocalFailed, "the local cloud cannot be started").because(&error)
    })?;
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(endpoint) = answering(state_dir) {
            return Ok(endpoint);
        }
        let ended = child.try_wait().ok().flatten();
        // It may have lost a race against another one, which then answers.
        if ended.is_some() && answering(state_dir).is_none() {
            return Err(failed("the local cloud ended before it answered", &log));
        }
        if Instant::now() > deadline {
            return Err(failed(
                &format!("the local cloud did not answer within {} s", DEADLINE.as_secs()),
                &log,
            ));
        }
        std::thread::sleep(PAUSE);
    }
}

/// The endpoint of a daemon that accepts connections. One that is still starting, or is dead, has none.
pub(super) fn answering(state_dir: &Path) -> Option<Endpoint> {
    let endpoint = Endpoint::read(state_dir).ok()?;
    let address: SocketAddr = endpoint.endpoint.strip_prefix("http://")?.split('/').next()?.parse().ok()?;
    TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    // A dead daemon's address may be somebody else's by now.
    status(state_dir).ok()?.daemon
}

fn spawn(state_dir: &Path, log: &Path, port: u16) -> io::Result<Child> {
    let program = this_program().map_err(|fault| io::Error::other(fault.message().to_owned()))?;
    let cache_dir = folders::cache_dir().map_err(|fault| io::Error::other(fault.message().to_owned()))?;
    if let Some(folder) = log.parent() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let log = OpenOptions::new().create(true).append(true).mode(0o600).open(log)?;
    Command::new(program)
        .args(["local", "serve", "--background", "--port", &port.to_string()])
        .env(CLAWLETS_STATE_DIR.name, state_dir)
        .env(CLAWLETS_CACHE_DIR.name, cache_dir)
        // A folder of the caller's must not be held for as long as the daemon lives.
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
}

fn failed(what: &str, log: &Path) -> Fault {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let last = lines[lines.len().saturating_sub(SHOWN)..].join(" | ");
    let fault = Fault::new(FaultCode::LocalFailed, what).hint(format!("its log is {}", log.display()));
    if last.is_empty() { fault } else { fault.because(&io::Error::other(last)) }
}
