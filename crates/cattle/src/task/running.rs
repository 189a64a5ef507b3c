//! A task that runs, seen from the supervisor.

use std::{
    io::{self, Write},
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::{self, Stdio},
    thread,
    time::Duration,
};

use clawlets_model::{Scrubber, guest::LogStream};
use nix::sched::{CloneFlags, unshare};
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, pidfd_send_signal, wait, waitpid};

use super::{
    Command, Confinement, Ending, Namespaces, Plan, StageOrder, StageReport, TaskError,
    protocol::{receive, send},
};
use crate::{
    layout::Layout,
    logs::{Captured, LogQueue, Tail, capture},
};

/// The signal of a task that was ended together with its stage.
const SIGKILL: i32 = Signal::KILL.as_raw();

/// A task that runs, or has just ended.
#[derive(Debug)]
pub struct RunningTask {
    control: UnixStream,
    stage: OwnedFd,
    stdout: Captured,
    stderr: Captured,
}

/// What becomes of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskEvent {
    /// Its program runs.
    Started,
    /// It is over, and so is everything that it started. The last event.
    Ended(Ending),
}

impl RunningTask {
    /// Starts a task. What becomes of it is told to `tell`, from another thread.
    ///
    /// # Errors
    /// [`TaskError::Stage`] when the stage does not start. That the task itself does not start is an [`Ending`].
    pub fn start(
        plan: Plan,
        layout: &Layout,
        confinement: &Confinement,
        scrubber: &Scrubber,
        queue: &LogQueue,
        tell: impl Fn(TaskEvent) + Send + 'static,
    ) -> Result<Self, TaskError> {
        let (ours, theirs) = UnixStream::pair().map_err(TaskError::stage("making its socket"))?;
        let namespaces = confinement.namespaces;
        let mut child =
            spawn_stage(theirs.into(), namespaces).map_err(TaskError::stage("starting its program"))?;
        let pid = Pid::from_child(&child);
        let stage = pidfd_open(pid, PidfdFlags::empty())
            .map_err(|errno| TaskError::stage("holding on to it")(errno.into()))?;
        let stdout = child.stdout.take().expect("the output was asked for");
        let stderr = child.stderr.take().expect("the output was asked for");
        let stdout = capture(stdout, LogStream::Stdout, scrubber.clone(), queue.clone());
        let stderr = capture(stderr, LogStream::Stderr, scrubber.clone(), queue.clone());
        let no_thread = || TaskError::stage("starting its threads");
        let running = Self {
            control: ours.try_clone().map_err(no_thread())?,
            stage,
            stdout: stdout.map_err(no_thread())?,
            stderr: stderr.map_err(no_thread())?,
        };
        if let Some(cgroup) = &confinement.cgroup {
            cgroup
                .adopt(pid.as_raw_nonzero().get())
                .map_err(TaskError::confine("putting it under its limits"))?;
        }
        let order = StageOrder {
            argv: plan.argv,
            env: plan.env,
            stdin: plan.stdin,
            cwd: layout.workspace().to_string_lossy().into_owned(),
            user: confinement.user.map(Into::into),
            namespaces,
        };
        // A stage that died before it read everything is noticed by the thread that waits for it.
        let _ = send(&ours, &order);
        thread::Builder::new()
            .name("wait".to_owned())
            .spawn(move || {
                let ending = follow(&ours, &tell);
                reap(pid);
                tell(TaskEvent::Ended(ending));
            })
            .map_err(no_thread())?;
        Ok(running)
    }

    /// Asks the task to end.
    pub fn terminate(&self) {
        // A stage that is gone needs no order.
        let _ = (&self.control).write_all(&[Command::Terminate.byte()]);
    }

    /// Ends the task and everything that it started.
    pub fn kill(&self, confinement: &Confinement) {
        match confinement.namespaces {
            // The namespace dies with its first process.
            Namespaces::Own => {
                let _ = pidfd_send_signal(&self.stage, Signal::KILL);
            }
            // Only the stage knows what the task started.
            Namespaces::Shared => {
                let _ = (&self.control).write_all(&[Command::Kill.byte()]);
            }
        }
        if let Some(cgroup) = &confinement.cgroup {
            cgroup.kill();
        }
    }

    /// Waits for the end of both streams, at most that long, and returns the last lines of the output.
    #[must_use]
    pub fn last_output(&self, at_most: Duration) -> Option<Tail> {
        let stdout = self.stdout.finish(at_most);
        // Both end together, with the last process that holds them.
        let _ = self.stderr.finish(at_most / 4);
        stdout
    }
}

/// Starts the stage. A new pid namespace is entered by the children of the thread that asks for it, so that thread
/// starts nothing else and ends.
fn spawn_stage(control: OwnedFd, namespaces: Namespaces) -> io::Result<process::Child> {
    let starting = thread::Builder::new().name("launch".to_owned()).spawn(move || {
        match namespaces {
            Namespaces::Own => unshare(CloneFlags::CLONE_NEWPID)?,
            Namespaces::Shared => {}
        }
        process::Command::new("/proc/self/exe")
            .arg("stage")
            .env_clear()
            .stdin(Stdio::from(control))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    })?;
    starting.join().unwrap_or_else(|_| Err(io::Error::other("the thread that starts it ended")))
}

/// Listens to the stage until its last word. A stage that dies without one was killed with its task.
fn follow(stage: &UnixStream, tell: &impl Fn(TaskEvent)) -> Ending {
    loop {
        match receive(stage) {
            Ok(StageReport::Started) => tell(TaskEvent::Started),
            Ok(StageReport::Ended(ending)) => return ending,
            Err(_) => return Ending::Killed { signal: SIGKILL },
        }
    }
}

/// Waits for the stage. The first process of a machine also inherits every orphan, so there it takes what comes.
fn reap(pid: Pid) {
    loop {
        let ended = if process::id() == 1 {
            wait(WaitOptions::empty())
        } else {
            waitpid(Some(pid), WaitOptions::empty())
        };
        match ended {
            Ok(Some((ended, _))) if ended != pid => {}
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Ok(Some(_)) | Err(_) => return,
        }
    }
}
