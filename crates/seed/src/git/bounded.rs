//! A program in a process group of its own, with a deadline and little to say.

use std::{
    io::{self, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// How much of what a program says is kept, in bytes.
const KEPT: u64 = 256 << 10;
const TURN: Duration = Duration::from_millis(5);

/// Whether what runs is to end now. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends what runs when this flag is set, by a signal for example.
    #[must_use]
    pub const fn when(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }

    /// Whether it is wanted no more.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// How a program ended by itself.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) out: Vec<u8>,
    pub(super) talk: Vec<u8>,
}

/// Why it did not.
#[derive(Debug)]
pub(super) enum Unended {
    Io(io::Error),
    TooSlow,
    Stopped,
}

/// Runs a program to its end. What it started ends with it, in each case.
pub(super) fn run(command: &mut Command, limit: Duration, stop: &Stop) -> Result<Ended, Unended> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(Unended::Io)?;
    let out = child.stdout.take().map(keep);
    let talk = child.stderr.take().map(keep);
    let begun = Instant::now();
    let outcome = loop {
        match has_ended(&child) {
            Ok(true) => break None,
            Ok(false) if stop.is_wanted() => break Some(Unended::Stopped),
            Ok(false) if begun.elapsed() >= limit => break Some(Unended::TooSlow),
            Ok(false) => thread::sleep(TURN),
            Err(error) => break Some(Unended::Io(error)),
        }
    };
    // Its number is its own until it is waited for. What it left running must not keep its pipes open.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let status = child.wait().map_err(Unended::Io)?;
    let bytes = |reader: Option<JoinHandle<Vec<u8>>>| {
        reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
    };
    let ended = Ended { status, out: bytes(out), talk: bytes(talk) };
    outcome.map_or(Ok(ended), Err)
}

fn keep(mut pipe: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
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
