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
    birth,
    claim_port::ClaimPort,
    console,
    containment::Containment,
    control::{self, Controls},
    error::ShimError,
    snapshot::InheritedSnapshot,
    template,
};
use crate::vm::{
    guest_dir::take_emulator_lock,
    log_file::LogFile,
    qemu::{self, Inherited},
    spec::GuestSpec,
    timeline::{Phase, Timeline},
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
    /// Starts QEMU, opens the relays and services, and waits until the guest runs, or until it waits to be claimed.
    pub(super) async fn start(
        spec: GuestSpec,
        timeline: Timeline,
        containment: &Containment,
    ) -> Result<Self, ShimError> {
        let mut terminated = listen_for_the_end()?;
        let listener = control::listen().map_err(ShimError::process("open the control socket"))?;
        tokio::select! {
            started = bring_up(spec, timeline, containment) => {
                let (qemu, controls) = started?;
                let controls = Arc::new(Mutex::new(controls));
                tokio::spawn(control::serve(listener, Arc::clone(&controls)));
                Ok(Self { qemu, terminated, controls })
            }
            _ = terminated.recv() => Err(ShimError::Terminated),
        }
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

/// Boots a guest until it waits for an identity, and saves it into the snapshot that this process has inherited. The
/// guest has ended when this returns.
pub(super) async fn make_template(
    spec: GuestSpec,
    mut timeline: Timeline,
    containment: &Containment,
) -> Result<(), ShimError> {
    let mut terminated = listen_for_the_end()?;
    let mut started = spawn(&spec, containment)?;
    timeline.note(Phase::QemuStarted);
    tokio::select! {
        saved = template::save(&mut started, &mut timeline) => match saved {
            Ok(()) => Ok(()),
            Err(error) => Err(started.failure(error).await),
        },
        _ = terminated.recv() => Err(ShimError::Terminated),
    }
}

fn listen_for_the_end() -> Result<Signal, ShimError> {
    signal(SignalKind::terminate()).map_err(ShimError::process("listen for signals"))
}

async fn bring_up(
    spec: GuestSpec,
    mut timeline: Timeline,
    containment: &Containment,
) -> Result<(Child, Controls), ShimError> {
    let mut started = spawn(&spec, containment)?;
    timeline.note(Phase::QemuStarted);
    match birth::attend(&spec, &mut started, timeline).await {
        Ok(controls) => Ok((started.qemu, controls)),
        Err(error) => Err(started.failure(error).await),
    }
}

/// QEMU as it has just been started. It is killed when this is dropped.
pub(super) struct Started {
    pub(super) qemu: Child,
    /// Taken by whoever speaks to the monitor.
    pub(super) monitor: Option<UnixStream>,
    /// Taken by whoever speaks to the claim port, of a guest that has one.
    pub(super) claim: Option<ClaimPort>,
    /// What the guest is saved to or restored from.
    pub(super) snapshot: Option<InheritedSnapshot>,
    /// Ends when all that QEMU said on standard error is in its log.
    complaints: JoinHandle<()>,
}

impl Started {
    /// Ends QEMU after a failure, and adds what it said to the words that explain it.
    async fn failure(mut self, error: ShimError) -> ShimError {
        let _ = self.qemu.kill().await;
        let _ = self.complaints.await;
        match (error, last_words()) {
            (ShimError::Monitor { action, source }, Some(words)) => {
                ShimError::Qemu { action, words: format!("{source}; QEMU said: {words}") }
            }
            (error, _) => error,
        }
    }
}

fn spawn(spec: &GuestSpec, containment: &Containment) -> Result<Started, ShimError> {
    let failed = |source| ShimError::Start { program: spec.machine.qemu.clone(), source };
    let snapshot = spec.birth.snapshot().map(InheritedSnapshot::take).transpose().map_err(failed)?;
    let (monitor, monitor_of_qemu) = UnixStream::pair().map_err(failed)?;
    let (console, console_of_qemu) = UnixStream::pair().map_err(failed)?;
    let (claim, claim_of_qemu) = UnixStream::pair().map_err(failed)?;
    let monitor_of_qemu = for_a_child(monitor_of_qemu).map_err(failed)?;
    let console_of_qemu = for_a_child(console_of_qemu).map_err(failed)?;
    // A guest that is booted has no claim port, and nobody speaks at its end.
    let claim_of_qemu = match &snapshot {
        Some(_) => Some(for_a_child(claim_of_qemu).map_err(failed)?),
        None => None,
    };
    let inherited = Inherited {
        monitor: monitor_of_qemu.as_fd(),
        console: console_of_qemu.as_fd(),
        claim: claim_of_qemu.as_ref().map(AsFd::as_fd),
    };
    let mut command = containment.wrap(&qemu::command(spec, inherited))?;
    // Standard input is QEMU's lock: it holds it, and reads nothing from it.
    let lock = take_emulator_lock().map_err(failed)?;
    command.stdin(Stdio::from(lock)).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut qemu = Command::from(command).kill_on_drop(true).spawn().map_err(failed)?;
    let claim = claim_of_qemu.map(|_| ClaimPort::new(claim));
    drop((monitor_of_qemu, console_of_qemu));
    let snapshot = snapshot.map(InheritedSnapshot::release_memory);
    let log = LogFile::create(CONSOLE_LOG.into(), LOG_LIMIT).map_err(failed)?;
    let words = LogFile::create(QEMU_LOG.into(), LOG_LIMIT).map_err(failed)?;
    tokio::spawn(console::record(console, log));
    let complaints = console::record(qemu.stderr.take().expect("standard error was asked for"), words);
    let complaints = tokio::spawn(complaints);
    Ok(Started { qemu, monitor: Some(monitor), claim, snapshot, complaints })
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
