//! What the program asks of the kernel, one call after the other: the points at which it may be killed, or refused.
//!
//! `strace` writes it down, and makes what a test wants happen at one of the calls. Nobody lists the points by hand: a
//! program that does more has more of them.

use std::{
    fmt, fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use clawlets_tests::eventually;
use rustix::process::{Pid, Signal, kill_process};

use crate::{started::Started, world::World};

/// How long an updater may try to go back without room, before it is told to end.
const PATIENCE: Duration = Duration::from_secs(2);

/// The calls that change something outside of the process, or start another one.
const CALLS: &str = "openat,write,fsync,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,\
                     mkdirat,rmdir,ftruncate,clone,clone3,vfork";

/// One of the calls: the how manieth of its name. The kernel has not done it yet when it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) call: String,
    pub(super) number: usize,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.call, self.number)
    }
}

/// What happens at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// The program is killed.
    Killed,
    /// From there on every such call fails, since there is no room.
    NoRoom,
}

/// A call that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    /// The paths of its files, and what it writes: in this order, as far as there are any.
    pub(super) arguments: Vec<String>,
    /// Whether it did what it was to do.
    pub(super) is_done: bool,
    /// Whether it makes a file that is not there.
    pub(super) makes_file: bool,
    /// Whether it starts another program, and not a thread of this one.
    pub(super) starts_program: bool,
}

/// How a traced program ended.
#[derive(Debug)]
pub(super) struct Traced {
    pub(super) calls: Vec<Call>,
    /// None when it was killed.
    pub(super) code: Option<i32>,
}

/// Whether this machine has the program that does all this.
pub(super) fn is_possible() -> bool {
    let there = Command::new("strace").args(["-o", "/dev/null", "true"]).stderr(Stdio::null()).status();
    there.is_ok_and(|status| status.success())
}

/// Runs `clawlets-host update apply`, and lets something happen at a point.
pub(super) fn apply(world: &World, event: Option<(Event, &Point)>) -> Traced {
    let log = world.folder().join("calls");
    let mut command = Command::new("strace");
    command.arg("-o").arg(&log).args(["-I", "2", "-y", "-s", "1000000", "-e", &format!("trace={CALLS}")]);
    if let Some((event, Point { call, number })) = event {
        command.arg("-e").arg(match event {
            Event::Killed => format!("inject={call}:signal=KILL:when={number}"),
            Event::NoRoom => format!("inject={call}:error=ENOSPC:when={number}+"),
        });
    }
    command.args([env!("CARGO_BIN_EXE_clawlets-host"), "update", "apply"]);
    world.at_home(&mut command);
    let mut started =
        Started(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let begun = Instant::now();
    let ended = eventually("the updater ends", || {
        // Without room it tries to go back again and again, until it is told to end.
        if event.is_some_and(|(event, _)| event == Event::NoRoom) && begun.elapsed() > PATIENCE {
            kill_process(Pid::from_child(&started), Signal::TERM).unwrap();
        }
        started.try_wait().unwrap()
    });
    let was_killed = ended.signal() == Some(9);
    let text = fs::read_to_string(log).unwrap();
    let calls = text.lines().filter_map(call).collect();
    Traced { calls, code: ended.code().filter(|_| !was_killed) }
}

impl Traced {
    /// The points at which something of the host was about to change, or another program to be started.
    pub(super) fn points(&self, folder: &Path) -> Vec<(usize, Point)> {
        let changes = |call: &Call| call.starts_program || call.is_of(folder);
        let point = |(at, call): (usize, &Call)| {
            let number = self.calls[..=at].iter().filter(|other| other.name == call.name).count();
            (at, Point { call: call.name.clone(), number })
        };
        self.calls.iter().enumerate().filter(|(_, call)| changes(call)).map(point).collect()
    }
}

impl Call {
    /// Whether it changes something in the folder.
    pub(super) fn is_of(&self, folder: &Path) -> bool {
        let is_read = self.name == "openat" && !self.makes_file;
        !is_read && self.arguments.iter().any(|argument| Path::new(argument).starts_with(folder))
    }

    /// The path that it is about: the last one, below the folder that stands before it if it is not a whole one.
    pub(super) fn path(&self) -> PathBuf {
        let last = self.arguments.last().map(PathBuf::from).unwrap_or_default();
        match self.arguments.len().checked_sub(2) {
            Some(before) if last.is_relative() => Path::new(&self.arguments[before]).join(last),
            Some(_) | None => last,
        }
    }
}

/// Reads `name(arguments) = result`. What is in quotes, and what a number of a file stands for, are arguments.
fn call(line: &str) -> Option<Call> {
    let (name, rest) = line.split_once('(')?;
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let mut arguments = Vec::new();
    let mut letters = rest.char_indices();
    let mut end = rest.len();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => {
                let mut text = Vec::new();
                while let Some((_, letter)) = letters.next() {
                    match letter {
                        '"' => break,
                        '\\' => text.extend(escaped(&mut letters)),
                        letter => text.extend(letter.encode_utf8(&mut [0; 4]).bytes()),
                    }
                }
                arguments.push(String::from_utf8_lossy(&text).into_owned());
            }
            '<' if at > 0 && rest.as_bytes()[at - 1].is_ascii_digit() => {
                arguments.push(
                    letters.by_ref().map(|(_, letter)| letter).take_while(|letter| *letter != '>').collect(),
                );
            }
            ')' => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let result = rest[end..].split_once("= ").map_or("?", |(_, result)| result);
    Some(Call {
        name: name.to_owned(),
        arguments,
        is_done: result.starts_with(|first: char| first.is_ascii_digit()),
        makes_file: rest[..end].contains("O_CREAT"),
        starts_program: ["clone", "clone3", "vfork"].contains(&name) && !rest[..end].contains("CLONE_THREAD"),
    })
}

/// What follows a backslash in C: a letter, or up to three octal digits.
fn escaped(letters: &mut std::str::CharIndices<'_>) -> Option<u8> {
    let (_, letter) = letters.next()?;
    Some(match letter {
        'n' => b'\n',
        't' => b'\t',
        'r' => b'\r',
        'v' => 11,
        'f' => 12,
        '0'..='7' => {
            let mut number = letter.to_digit(8)?;
            for _ in 0..2 {
                let Some(digit) = letters.clone().next().and_then(|(_, letter)| letter.to_digit(8)) else {
                    break;
                };
                letters.next();
                number = number * 8 + digit;
            }
            u8::try_from(number).ok()?
        }
        letter => u8::try_from(letter).ok()?,
    })
}
