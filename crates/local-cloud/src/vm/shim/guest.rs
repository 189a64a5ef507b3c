//! QEMU as the shim's child, with everything that the guest may reach.

use std::{
    io,
    os::{fd::AsFd, unix::net::UnixStream as StdUnixStream},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use rustix::io::{FdFlags, fcntl_setfd};
use tokio::{
    net::UnixStream,
    process::{Child, Command},
    signal::unix::{Signal, SignalKind, signal},
    sync::Mutex,
    task::JoinHandle,
    time::timeout,
};

use super::{
    console,
    control::{self, Controls},
    error::ShimError,
    metadata,
    qmp::Monitor,
    relay::Relays,
};
use crate::vm::{
    log_file::LogFile,
    qemu::{self, Inherited},
    spec::GuestSpec,
};

/// What QEMU itself says.
pub(in crate::vm) const QEMU_LOG: &str = "qemu.log";
/// What the guest writes to its serial port.
pub(in crate::vm) const CONSOLE_LOG: &str = "console.log";
/// Half of what each log may take on disk, in bytes.
const LOG_LIMIT: usize = 512 * 1024;

/// How long an answer under way may still take once QEMU has ended.
const LAST_ANSWER: Duration = Duration::from_millis(200);

/// A running guest.
#[derive(Debug)]
pub(super) struct Guest {
    qemu: Child,
    terminated: Signal,
    controls: Arc<Mutex<Controls>>,
}

impl Guest {
    /// Opens the relays and services, starts QEMU, and waits until its machine exists.
    pub(super) async fn start(spec: GuestSpec) -> Result<Self, ShimError> {
        let terminated = signal(SignalKind::terminate()).map_err(ShimError::process("listen for signals"))?;
        let mut relays = Relays::new(spec.server_id);
        relays.set(&spec.relays).await?;
        metadata::start(&spec).await?;
        let listener = control::listen().map_err(ShimError::process("open the control socket"))?;
        let Started { mut qemu, monitor, complaints } = spawn(&spec)?;
        let monitor = match Monitor::open(monitor).await {
            Ok(monitor) => monitor,
            Err(error) => {
                let _ = qemu.kill().await;
                let _ = complaints.await;
                return Err(ShimError::QemuEnded(last_words().unwrap_or_else(|| error.to_string())));
            }
        };
        let controls = Arc::new(Mutex::new(Controls { monitor, relays }));
        tokio::spawn(control::serve(listener, Arc::clone(&controls)));
        Ok(Self { qemu, terminated, controls })
    }

    /// Waits until QEMU has ended: because the guest powered itself off, because something killed it, or because this
    /// process was told to end and killed it.
    pub(super) async fn finish(mut self) {
        // An error would mean that there is no child to wait for, which is the same end.
        tokio::select! {
            _ = self.qemu.wait() => {}
            _ = self.terminated.recv() => { let _ = self.qemu.kill().await; }
        }
        // Whoever asked for this end, or just before it, gets the answer that is being written.
        let _ = timeout(LAST_ANSWER, self.controls.lock()).await;
    }
}

/// QEMU as it has just been started.
struct Started {
    qemu: Child,
    monitor: UnixStream,
    /// Ends when all that QEMU said on standard error is in its log.
    complaints: JoinHandle<()>,
}

fn spawn(spec: &GuestSpec) -> Result<Started, ShimError> {
    let failed = |source| ShimError::Qemu { program: spec.machine.qemu.clone(), source };
    let (monitor, monitor_of_qemu) = UnixStream::pair().map_err(failed)?;
    let (console, console_of_qemu) = UnixStream::pair().map_err(failed)?;
    let monitor_of_qemu = for_a_child(monitor_of_qemu).map_err(failed)?;
    let console_of_qemu = for_a_child(console_of_qemu).map_err(failed)?;
    let inherited = Inherited { monitor: monitor_of_qemu.as_fd(), console: console_of_qemu.as_fd() };
    let mut command = qemu::command(spec, inherited);
    // Standard input is the guest's lock: QEMU holds it too, and reads nothing from it.
    command.stdin(Stdio::inherit()).stdout(Stdio::null()).stderr(Stdio::piped());
    clawlets_sys::die_with_parent(&mut command);
    let mut qemu = Command::from(command).spawn().map_err(failed)?;
    drop((monitor_of_qemu, console_of_qemu));
    let log = LogFile::create(CONSOLE_LOG.into(), LOG_LIMIT).map_err(failed)?;
    let words = LogFile::create(QEMU_LOG.into(), LOG_LIMIT).map_err(failed)?;
    tokio::spawn(console::record(console, log));
    let complaints = console::record(qemu.stderr.take().expect("standard error was asked for"), words);
    let complaints = tokio::spawn(complaints);
    Ok(Started { qemu, monitor, complaints })
}

/// The end of a connection that QEMU finds by its number: it survives the exec, and waits like any other.
fn for_a_child(stream: UnixStream) -> io::Result<StdUnixStream> {
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    fcntl_setfd(stream.as_fd(), FdFlags::empty())?;
    Ok(stream)
}

fn last_words() -> Option<String> {
    std::fs::read_to_string(QEMU_LOG).ok()?.lines().last().map(str::to_owned)
}
