//! A program from its start to its end.

use std::{
    io::{self, Read},
    os::unix::process::CommandExt,
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// How often it is looked whether a program has ended.
const TURN: Duration = Duration::from_millis(5);

/// What a program may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How long it may run.
    pub time: Duration,
    /// How many bytes are kept of what it writes to each of its two outputs. The rest is read and forgotten.
    pub kept: u64,
}

/// A program that ended by itself.
#[derive(Debug)]
pub struct Ended {
    /// How.
    pub status: ExitStatus,
    /// What it wrote to its standard output.
    pub out: Vec<u8>,
    /// What it wrote to its standard error.
    pub talk: Vec<u8>,
}

/// Why a program did not end by itself. `I` is why it was interrupted.
#[derive(Debug)]
pub enum Unended<I> {
    /// It was not to go on.
    Interrupted(I),
    /// Its time was over.
    TooSlow,
    /// It could not be started or watched.
    Io(io::Error),
}

/// Runs a program to its end, within bounds and for as long as `may_go_on` says so. It gets no input. What it started
/// ends with it, in each case.
///
/// # Errors
/// [`Unended`] when it did not end by itself.
pub fn run<I>(
    command: &mut Command,
    bounds: Bounds,
    may_go_on: impl Fn() -> Result<(), I>,
) -> Result<Ended, Unended<I>> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(Unended::Io)?;
    let out = child.stdout.take().map(|pipe| keep(pipe, bounds.kept));
    let talk = child.stderr.take().map(|pipe| keep(pipe, bounds.kept));
    let begun = Instant::now();
    let unended = loop {
        match has_ended(&child) {
            Ok(true) => break None,
            Ok(false) => {}
            Err(error) => break Some(Unended::Io(error)),
        }
        if let Err(interrupt) = may_go_on() {
            break Some(Unended::Interrupted(interrupt));
        }
        if begun.elapsed() >= bounds.time {
            break Some(Unended::TooSlow);
        }
        thread::sleep(TURN);
    };
    // Its number is its own until it is waited for. What it left running must not keep its pipes open; a group that is
    // gone needs no end.
    let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
    let status = child.wait().map_err(Unended::Io)?;
    let bytes = |reader: Option<JoinHandle<Vec<u8>>>| {
        reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
    };
    let ended = Ended { status, out: bytes(out), talk: bytes(talk) };
    unended.map_or(Ok(ended), Err)
}

fn keep(mut pipe: impl Read + Send + 'static, most: u64) -> JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        // What cannot be read is not kept; the rest is read so that the program does not wait for a reader.
        let _ = pipe.by_ref().take(most).read_to_end(&mut kept);
        let _ = io::copy(&mut pipe, &mut io::sink());
        kept
    })
}

/// Whether a program has ended. It is not waited for yet.
fn has_ended(child: &Child) -> io::Result<bool> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(waitid(WaitId::Pid(Pid::from_child(child)), options)?.is_some())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    const BOUNDS: Bounds = Bounds { time: Duration::from_secs(60), kept: 1 << 10 };

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn undisturbed() -> Result<(), Infallible> {
        Ok(())
    }

    #[test]
    fn what_a_program_says_is_kept_up_to_its_bound() {
        let ended =
            run(&mut sh("head -c 100000 /dev/zero; echo why >&2; exit 3"), BOUNDS, undisturbed).unwrap();
        assert_eq!(
            (ended.status.code(), ended.out.len(), &ended.talk[..]),
            (Some(3), 1 << 10, &b"why\n"[..])
        );
    }

    #[test]
    fn what_a_program_left_running_holds_nobody_up() {
        let ended = run(&mut sh("sleep 600 & echo done"), BOUNDS, undisturbed).unwrap();
        assert_eq!(ended.out, b"done\n");
    }

    #[test]
    fn a_program_is_cut_off_when_its_time_is_over_or_somebody_says_so() {
        let slow = Bounds { time: Duration::ZERO, ..BOUNDS };
        assert!(matches!(run(&mut sh("sleep 600"), slow, undisturbed), Err(Unended::TooSlow)));
        let stopped = run(&mut sh("sleep 600"), BOUNDS, || Err("stop"));
        assert!(matches!(stopped, Err(Unended::Interrupted("stop"))));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let missing = run(&mut Command::new("/no/such/program"), BOUNDS, undisturbed);
        assert!(matches!(missing, Err(Unended::Io(error)) if error.kind() == io::ErrorKind::NotFound));
    }
}
