//! Programs that the host runs: each within bounds, and what it says as text.

use std::{
    io,
    os::unix::process::ExitStatusExt,
    process::{Command, ExitStatus},
    time::Duration,
};

use clawlets_subprocess::Bounds;

use crate::{Interrupt, Limits};

/// How much of what a program says is kept, in bytes. A gateway with many chats says a lot of its health.
const KEPT: u64 = 1 << 20;

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
pub(crate) type Unended = clawlets_subprocess::Unended<Interrupt>;

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
    let ended = clawlets_subprocess::run(command, Bounds { time: limit, kept: KEPT }, may_go_on)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Ended { status: ended.status, out: text(ended.out), talk: text(ended.talk) })
}

/// As [`run`], within the limits of an effect.
pub(crate) fn run_within(
    command: &mut Command,
    limit: Duration,
    limits: &Limits<'_>,
) -> Result<Ended, Unended> {
    run(command, limit, || limits.check())
}
