//! Ctrl-C and the polite request to end, for verbs that mostly wait for other programs.

use std::{
    io::{self, Read},
    process::{Child, Command, Output},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use clawlets_printer::{Fault, FaultCode};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::{
    SigId,
    consts::{SIGHUP, SIGINT, SIGTERM},
    flag,
    low_level::unregister,
};

/// How often it is looked whether a signal came while a program runs.
const LOOK: Duration = Duration::from_millis(50);

/// As long as this lives, the first SIGINT, SIGTERM or SIGHUP is noted and does not end the program; the second one does.
#[derive(Debug)]
pub(crate) struct Stop {
    came: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Stop {
    /// Begins to listen.
    ///
    /// # Errors
    /// A fault when the kernel refuses.
    pub(crate) fn listen() -> Result<Self, Fault> {
        let mut stop = Self { came: Arc::default(), registered: Vec::new() };
        let failed =
            |error: io::Error| Fault::new(FaultCode::Io, "failed to listen for signals").because(&error);
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: the first signal finds that none has come yet.
            let end = flag::register_conditional_default(signal, Arc::clone(&stop.came)).map_err(failed)?;
            stop.registered.push(end);
            let note = flag::register(signal, Arc::clone(&stop.came)).map_err(failed)?;
            stop.registered.push(note);
        }
        Ok(stop)
    }

    /// Whether a signal came.
    pub(crate) fn came(&self) -> bool {
        self.came.load(Ordering::Relaxed)
    }

    /// Runs a program to its end, with what it writes to the pipes that it has. When this program must end, so must that.
    ///
    /// # Errors
    /// What the kernel says when it cannot be started, and that a signal came meanwhile.
    pub(crate) fn output(&self, command: &mut Command) -> io::Result<Output> {
        let mut child = command.spawn()?;
        let (tell, told) = mpsc::channel();
        let out = child.stdout.take().map(|pipe| Box::new(pipe) as Pipe);
        let err = child.stderr.take().map(|pipe| Box::new(pipe) as Pipe);
        for (at, pipe) in [out, err].into_iter().enumerate() {
            let (Some(mut pipe), tell) = (pipe, tell.clone()) else { continue };
            thread::spawn(move || {
                let mut bytes = Vec::new();
                let read = pipe.read_to_end(&mut bytes).map(|_| bytes);
                // Nobody listens any more after a signal.
                let _ = tell.send((at, read));
            });
        }
        drop(tell);
        let mut said = [Vec::new(), Vec::new()];
        loop {
            match told.recv_timeout(LOOK) {
                Ok((at, read)) => said[at] = read?,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) if self.came() => {
                    let _ = kill_process(Pid::from_child(&child), Signal::TERM);
                    child.wait()?;
                    return Err(io::ErrorKind::Interrupted.into());
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        let [stdout, stderr] = said;
        let status = child.wait()?;
        // At a terminal Ctrl-C goes to both of us.
        if self.came() && !status.success() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        Ok(Output { status, stdout, stderr })
    }
}

type Pipe = Box<dyn Read + Send>;

impl Stop {
    /// Has a program end as soon as a signal comes, until what is given back is dropped. That must be before it is waited for.
    pub(crate) fn watch(&self, child: &Child) -> Watch {
        let is_over = Arc::new(AtomicBool::new(false));
        let (came, over, pid) = (Arc::clone(&self.came), Arc::clone(&is_over), Pid::from_child(child));
        let watching = thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                if came.load(Ordering::Relaxed) {
                    let _ = kill_process(pid, Signal::TERM);
                    return;
                }
                thread::park_timeout(LOOK);
            }
        });
        Watch { is_over, watching: Some(watching) }
    }
}

/// A watch over a program that runs.
pub(crate) struct Watch {
    is_over: Arc<AtomicBool>,
    watching: Option<JoinHandle<()>>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(watching) = self.watching.take() {
            watching.thread().unpark();
            let _ = watching.join();
        }
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.registered.drain(..).for_each(|signal| {
            unregister(signal);
        });
    }
}
