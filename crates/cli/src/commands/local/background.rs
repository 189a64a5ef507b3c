//! Starting the daemon so that it outlives this program.

use std::{
    env,
    fs::{self, OpenOptions},
    io::{self, Read},
    net::{SocketAddr, TcpStream},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clawlets_local_cloud::{Endpoint, status};
use clawlets_printer::{Fault, FaultCode};
use clawlets_verbs::environment::{CLAWLETS_CACHE_DIR, CLAWLETS_STATE_DIR, HOME, PATH, TMPDIR, Variable};
use serde::{Deserialize, Serialize};

use super::{
    config::{log_file, this_program},
    readiness::Readiness,
};
use crate::folders;

/// How long the daemon may take until it answers. It may have to find out first whether KVM works.
const DEADLINE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
/// How long a connection on loopback may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest report of a daemon that cannot start.
const REPORT: u64 = 64 * 1024;
/// The variables that the daemon gets from whoever starts it. It hands them on to its guests' processes, so that no key
/// of the operator's may be among them.
const INHERITED: [Variable; 3] = [PATH, HOME, TMPDIR];

/// What a daemon that cannot start writes to its standard output.
#[derive(Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) error: Fault,
}

/// Starts the daemon in a session of its own and waits until it answers.
pub(super) fn start(state_dir: &Path, port: u16, readiness: &Readiness) -> Result<Endpoint, Fault> {
    let log = log_file(state_dir);
    let mut child = spawn(state_dir, &log, port, readiness)?;
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(endpoint) = answering(state_dir) {
            return Ok(endpoint);
        }
        let ended = child.try_wait().ok().flatten();
        // It may have lost a race against another one, which then answers.
        if ended.is_some() && answering(state_dir).is_none() {
            return Err(
                reported(&mut child, &log).unwrap_or_else(|| failed("ended before it answered", &log))
            );
        }
        if Instant::now() > deadline {
            return Err(failed(&format!("did not answer within {} s", DEADLINE.as_secs()), &log));
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

fn spawn(state_dir: &Path, log: &Path, port: u16, readiness: &Readiness) -> Result<Child, Fault> {
    let (program, cache_dir) = (this_program()?, folders::cache_dir()?);
    let unusable = |action: &str, path: &Path, error: &io::Error| {
        Fault::new(FaultCode::Io, format!("failed to {action} {}", path.display())).because(error)
    };
    if let Some(folder) = log.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| unusable("make the folder", folder, &error))?;
    }
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(log)
        .map_err(|error| unusable("open the log", log, &error))?;
    Command::new(&program)
        .args(["local", "serve", "--background", "--port", &port.to_string()])
        .args(readiness.arguments())
        .env_clear()
        .envs(INHERITED.iter().filter_map(|variable| Some((variable.name, env::var_os(variable.name)?))))
        .env(CLAWLETS_STATE_DIR.name, state_dir)
        .env(CLAWLETS_CACHE_DIR.name, cache_dir)
        // A folder of the caller's must not be held for as long as the daemon lives.
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(file)
        .spawn()
        .map_err(|error| unusable("start", &program, &error))
}

/// What a daemon that ended said about it. Its log would not do: the disk may be full.
fn reported(child: &mut Child, log: &Path) -> Option<Fault> {
    let mut text = String::new();
    child.stdout.take()?.take(REPORT).read_to_string(&mut text).ok()?;
    let fault = serde_json::from_str::<Report>(&text).ok()?.error;
    Some(if fault.hint_text().is_some() { fault } else { fault.hint(log_is(log)) })
}

fn failed(what: &str, log: &Path) -> Fault {
    Fault::new(FaultCode::LocalFailed, format!("the local cloud {what}")).hint(log_is(log))
}

fn log_is(log: &Path) -> String {
    format!("its log is {}", log.display())
}
