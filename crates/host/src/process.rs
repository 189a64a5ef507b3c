//! Programs that the host runs: each in a process group of its own, with a time limit and little to say.

use std::{
    io::{self, Read},
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::{Interrupt, Limits};

/// How much of what a program says is kept, in bytes. A gateway with many chats says a lot of its health.
const KEPT: u64 = 1 << 20;
const TURN: Duration = Duration::from_millis(10);

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) talk: String,
}

impl Ended {
    pub(crate) fn is_killed(&self) -> bool {
        self.status.signal().is_some()
    }
}

/// Why a program did not end by itself.
#[derive(Debug)]
pub(crate) enum Unended {
    Interrupted(Interrupt),
    /// Its time was over, and it was killed.
    TooSlow,
    /// It could not be started or watched.
    Io(io::Error),
}

/// The command of an argument list.
pub(crate) fn command(argv: &[String]) -> io::Result<Command> {
    let (program, arguments) = argv.split_first().ok_or_else(|| io::Error::other("the command is empty"))?;
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}

/// Runs a program to its end, within a time limit and for as long as `may_go_on` says so.
pub(crate) fn run(
    command: &mut Command,
    limit: Duration,
    may_go_on: impl Fn() -> Result<(), Interrupt>,
) -> Result<Ended, Unended> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(Unended::Io)?;
    let out = child.stdout.take().map(keep);
    let talk = child.stderr.take().map(keep);
    let begun = Instant::now();
    let status = loop {
        if has_ended(&child).map_err(Unended::Io)? {
            // What it left running must not keep its pipes open. Its number is its own until it is waited for.
            break end(&mut child).map_err(Unended::Io)?;
        }
        if let Err(interrupt) = may_go_on() {
            end(&mut child).map_err(Unended::Io)?;
            return Err(Unended::Interrupted(interrupt));
        }
        if begun.elapsed() >= limit {
            end(&mut child).map_err(Unended::Io)?;
            return Err(Unended::TooSlow);
        }
        thread::sleep(TURN);
    };
    let text = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        let bytes = reader.and_then(|reader| reader.join().ok()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    Ok(Ended { status, out: text(out), talk: text(talk) })
}

/// As [`run`], within the limits of an effect.
pub(crate) fn run_within(
    command: &mut Command,
    limit: Duration,
    limits: &Limits<'_>,
) -> Result<Ended, Unended> {
    run(command, limit, || limits.check())
}

fn keep(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        // What cannot be read is not kept; the rest is read so that the program does not wait for a reader.
        let _ = pipe.by_ref().take(KEPT).read_to_end(&mut kept);
        let _ = io::copy(&mut pipe, &mut io::sink());
        kept
    })
}

/// Whether a program has ended. It is not waited for yet.
fn has_ended(child: &Child) -> io::Result<bool> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(waitid(WaitId::Pid(Pid::from_child(child)), options)?.is_some())
}

/// Ends a program with everything that it started.
fn end(child: &mut Child) -> io::Result<ExitStatus> {
    // A group that is gone needs no end.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    child.wait()
}
