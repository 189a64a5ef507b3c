//! The life of a shim, from the first line to the last.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use nix::sys::prctl;
use rustix::{
    fs::{Mode, OFlags, ftruncate},
    io::pwrite,
    process::{Signal, getpid, set_parent_process_death_signal, setsid, umask},
};

use super::{
    containment::{self, Containment},
    error::ShimError,
    guest::{Guest, make_template},
    loopback, namespaces,
};
use crate::config::GuestLimits;
use crate::vm::{
    spec::{Accelerator, Birth, GuestSpec},
    timeline::{Phase, Timeline},
};

/// What a shim writes to its standard output once the guest runs, waits to be claimed, or has been saved; before it closes
/// it.
pub(in crate::vm) const READY: &str = "ready\n";

/// Runs the guest that the file `spec_path` describes, until it ends.
///
/// Call it first thing in a process made for it, before any thread exists. Standard input is the guest's lock, on
/// standard output the outcome of the start is reported to the daemon.
///
/// # Errors
/// [`ShimError`] when the guest could not be started; the same words have been reported on standard output.
pub fn run(spec_path: &Path) -> Result<(), ShimError> {
    let started = prepare(spec_path).and_then(|(spec, timeline, containment)| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ShimError::process("start the asynchronous runtime"))?;
        // QEMU is tied to this very thread: `block_on` keeps it until the guest has ended.
        match spec.birth {
            Birth::Template(_) => {
                runtime.block_on(make_template(spec, timeline, &containment))?;
                report(READY)
            }
            Birth::Boot | Birth::Clone(_) | Birth::Fresh(_) | Birth::Spare(_) => {
                let guest = runtime.block_on(Guest::start(spec, timeline, &containment))?;
                report(READY)?;
                runtime.block_on(guest.finish());
                Ok(())
            }
        }
    });
    if let Err(error) = &started {
        let _ = report(&error.with_causes());
    }
    started
}

/// Enters the namespaces that a guest gets and starts QEMU contained, so that it is known before there is a guest whether
/// this user may.
///
/// Call it in a process made for it, before any thread exists, and end that process then.
///
/// # Errors
/// [`ShimError`] when guests cannot be contained on this machine.
pub fn rehearse(guest: &GuestLimits) -> Result<(), ShimError> {
    namespaces::enter()?;
    loopback::bring_up()?;
    containment::rehearse(&guest.machine(guest.memory_mib_min, 1, Accelerator::Tcg))
}

/// Everything that must happen before there is a second thread.
fn prepare(spec_path: &Path) -> Result<(GuestSpec, Timeline, Containment), ShimError> {
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
    let boot = match spec.birth {
        Birth::Boot | Birth::Template(_) => Some(&spec.boot),
        Birth::Clone(_) | Birth::Fresh(_) | Birth::Spare(_) => None,
    };
    let containment = Containment::prepare(&spec.machine, boot)?;
    match spec.birth {
        Birth::Boot => {}
        // A copy touches little of its memory, and pages of 2 MiB would be copied and zeroed for it as a whole.
        Birth::Clone(_) => spare_memory()?,
        Birth::Template(_) | Birth::Fresh(_) | Birth::Spare(_) => {
            spare_memory()?;
            end_with_the_daemon()?;
        }
    }
    let mut timeline = Timeline::resume(Path::new("."));
    timeline.note(Phase::ShimStarted);
    Ok((spec, timeline, containment))
}

/// Asks for small pages, for QEMU too.
fn spare_memory() -> Result<(), ShimError> {
    let done = prctl::set_thp_disable(true);
    done.map_err(|errno| ShimError::process("ask for small pages")(errno.into()))
}

/// A guest that is nobody is nothing to a daemon that did not start it. Asked for after the namespaces, since a change of
/// credentials would undo it.
fn end_with_the_daemon() -> Result<(), ShimError> {
    set_parent_process_death_signal(Some(Signal::TERM))
        .map_err(|errno| ShimError::process("end with the daemon")(errno.into()))
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
