//! The life of a shim, from the first line to the last.

use std::{
    error::Error as _,
    fs,
    io::{self, Write},
    path::Path,
};

use rustix::{
    fs::{Mode, OFlags, ftruncate},
    io::pwrite,
    process::{getpid, setsid, umask},
};

use super::{error::ShimError, guest::Guest, loopback, namespaces};
use crate::vm::spec::GuestSpec;

/// What a shim writes to its standard output once the guest runs, before it closes it.
pub(in crate::vm) const READY: &str = "ready\n";

/// Runs the guest that the file `spec_path` describes, until it ends.
///
/// Call it first thing in a process made for it, before any thread exists. Standard input is the guest's lock, on
/// standard output the outcome of the start is reported to the daemon.
///
/// # Errors
/// [`ShimError`] when the guest could not be started; the same words have been reported on standard output.
pub fn run(spec_path: &Path) -> Result<(), ShimError> {
    let started = prepare(spec_path).and_then(|spec| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ShimError::process("start the asynchronous runtime"))?;
        let guest = runtime.block_on(Guest::start(spec))?;
        report(READY)?;
        // QEMU is tied to this very thread: `block_on` keeps it until the guest has ended.
        runtime.block_on(guest.finish());
        Ok(())
    });
    if let Err(error) = &started {
        let _ = report(&chain(error));
    }
    started
}

/// Enters the namespaces that a guest gets, so that it is known before there is a guest whether this user may.
///
/// Call it in a process made for it, before any thread exists, and end that process then.
///
/// # Errors
/// [`ShimError`] when guests cannot be contained on this machine.
pub fn rehearse() -> Result<(), ShimError> {
    namespaces::enter()?;
    loopback::bring_up()
}

/// Everything that must happen before there is a second thread.
fn prepare(spec_path: &Path) -> Result<GuestSpec, ShimError> {
    let threads = fs::read_dir("/proc/self/task").map_err(ShimError::process("count the threads"))?.count();
    if threads != 1 {
        return Err(ShimError::Threads(threads));
    }
    write_pid_into_lock()?;
    // Not an error when it fails: then the process leads a session already.
    let _ = setsid();
    umask(Mode::RWXG | Mode::RWXO);
    let spec = GuestSpec::read(spec_path)?;
    let dir = spec_path.parent().unwrap_or(Path::new("."));
    // Sockets are addressed relative to the directory, since a socket address holds 107 bytes only.
    std::env::set_current_dir(dir).map_err(ShimError::process("enter the guest's directory"))?;
    namespaces::enter()?;
    loopback::bring_up()?;
    Ok(spec)
}

fn write_pid_into_lock() -> Result<(), ShimError> {
    let lock = rustix::stdio::stdin();
    let pid = getpid().as_raw_nonzero().to_string();
    ftruncate(lock, 0).and_then(|()| pwrite(lock, pid.as_bytes(), 0)).map(drop).map_err(|errno| {
        ShimError::Process { action: "write the process id into the lock", source: errno.into() }
    })
}

/// Tells the daemon how the start went, and closes the way to it.
fn report(text: &str) -> Result<(), ShimError> {
    let told = || {
        io::stdout().write_all(text.as_bytes())?;
        io::stdout().flush()?;
        let nowhere = rustix::fs::open("/dev/null", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
        Ok(rustix::stdio::dup2_stdout(nowhere)?)
    };
    told().map_err(ShimError::process("report to the daemon"))
}

fn chain(error: &ShimError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
