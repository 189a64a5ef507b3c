//! The first process of the task's pid namespace.
//!
//! It is a program of its own, so it has one thread and no memory of the supervisor's. It stays root, cannot be looked
//! into, does nothing but wait, and takes everything with it when it ends.

use std::{
    fs,
    io::{self, Read, Seek, SeekFrom, Write},
    os::{
        fd::{AsFd, OwnedFd},
        unix::{net::UnixStream, process::CommandExt},
    },
    process,
    sync::atomic::{AtomicI32, Ordering},
    thread,
    time::Duration,
};

use nix::sched::{CloneFlags, unshare};
use rustix::{
    fs::MemfdFlags,
    mount::{MountFlags, MountPropagationFlags, mount, mount_change},
    process::{
        DumpableBehavior, Pid, Resource, Rlimit, Signal, WaitOptions, kill_process, kill_process_group,
        set_child_subreaper, set_dumpable_behavior, setrlimit, wait,
    },
    thread::set_no_new_privs,
};

use super::{
    Command, Ending, Namespaces, StageOrder, StageReport,
    protocol::{receive, send},
};
use crate::work::Owner;

/// How long killed processes get to be gone before it is looked again.
const SWEEP_PAUSE: Duration = Duration::from_millis(2);

/// Runs a stage whose orders come through `control`, until its task is over.
///
/// # Errors
/// When the supervisor is gone, or cannot be told how it ended.
pub fn run(control: impl AsFd) -> io::Result<()> {
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let socket = UnixStream::from(control.as_fd().try_clone_to_owned()?);
    let order: StageOrder = receive(&socket)?;
    let namespaces = order.namespaces;
    let report = match begin(&order) {
        Ok(child) => {
            drop(order);
            send(&socket, &StageReport::Started)?;
            obey(socket.try_clone()?, child)?;
            let ending = wait_for(child)?;
            match namespaces {
                // The kernel does it when this process ends.
                Namespaces::Own => {}
                Namespaces::Shared => sweep(),
            }
            ending
        }
        Err(ending) => ending,
    };
    send(&socket, &StageReport::Ended(report))
}

/// Makes the namespace habitable and starts the task in it.
fn begin(order: &StageOrder) -> Result<Pid, Ending> {
    let (program, arguments) = order
        .argv
        .split_first()
        .ok_or_else(|| Ending::NotStarted { message: "the command line is empty".to_owned() })?;
    let unconfined = |step: &'static str| {
        move |error: io::Error| Ending::Unconfined { message: format!("failed to {step}: {error}") }
    };
    match order.namespaces {
        Namespaces::Own => own_namespaces().map_err(unconfined("set up its namespaces"))?,
        Namespaces::Shared => {
            set_child_subreaper(Some(rustix::process::getpid()))
                .map_err(|errno| unconfined("adopt its orphans")(errno.into()))?;
        }
    }
    let no_core = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, no_core).map_err(|errno| unconfined("forbid core files")(errno.into()))?;
    set_no_new_privs(true).map_err(|errno| unconfined("forbid new privileges")(errno.into()))?;
    let stdin = input(&order.stdin).map_err(unconfined("prepare its input"))?;

    let mut command = process::Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(&order.env)
        .current_dir(&order.cwd)
        .stdin(stdin)
        .process_group(0);
    if let Some(user) = order.user {
        let Owner { uid, gid } = user.into();
        // Together with the user id this also drops all supplementary groups.
        command.uid(uid).gid(gid);
    }
    let child = command
        .spawn()
        .map_err(|error| Ending::NotStarted { message: format!("failed to start {program:?}: {error}") })?;
    Ok(Pid::from_child(&child))
}

fn own_namespaces() -> io::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC)?;
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    mount("proc", "/proc", "proc", MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC, None)?;
    Ok(())
}

/// The task's input as a file without a name: however long it is, nobody has to feed it.
fn input(text: &str) -> io::Result<OwnedFd> {
    let mut file = fs::File::from(rustix::fs::memfd_create("stdin", MemfdFlags::CLOEXEC)?);
    file.write_all(text.as_bytes())?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file.into())
}

/// The task's process group, or 0 when the task is over and its number may belong to somebody else.
static GROUP: AtomicI32 = AtomicI32::new(0);

/// Starts the thread that does what the supervisor says. When the supervisor is gone, that means: kill.
fn obey(mut socket: UnixStream, child: Pid) -> io::Result<()> {
    GROUP.store(child.as_raw_nonzero().get(), Ordering::SeqCst);
    thread::Builder::new().name("obey".to_owned()).spawn(move || {
        let mut byte = [0];
        loop {
            match socket.read(&mut byte) {
                Ok(1) if byte[0] == Command::Terminate.byte() => signal_group(Signal::TERM),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => return signal_group(Signal::KILL),
            }
        }
    })?;
    Ok(())
}

fn signal_group(signal: Signal) {
    if let Some(group) = Pid::from_raw(GROUP.load(Ordering::SeqCst)) {
        let _ = kill_process_group(group, signal);
    }
}

/// Waits for the task, and for every orphan that becomes ours meanwhile.
fn wait_for(child: Pid) -> io::Result<Ending> {
    loop {
        let (pid, status) = match wait(WaitOptions::empty()) {
            Ok(Some(ended)) => ended,
            Ok(None) | Err(rustix::io::Errno::INTR) => continue,
            Err(errno) => return Err(errno.into()),
        };
        if pid != child {
            continue;
        }
        GROUP.store(0, Ordering::SeqCst);
        return Ok(match (status.exit_status(), status.terminating_signal()) {
            (_, Some(signal)) => Ending::Killed { signal },
            (Some(code), None) => Ending::Exited { code },
            (None, None) => continue,
        });
    }
}

/// Ends what the task left running: orphans have become our children, and their children become ours when they end.
fn sweep() {
    loop {
        let children = children();
        if children.is_empty() {
            return;
        }
        for pid in children {
            let _ = kill_process(pid, Signal::KILL);
        }
        while let Ok(Some(_)) = wait(WaitOptions::NOHANG) {}
        thread::sleep(SWEEP_PAUSE);
    }
}

fn children() -> Vec<Pid> {
    // Each thread lists the children that it started or adopted.
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let text = lists.collect::<Vec<_>>().join(" ");
    text.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect()
}
