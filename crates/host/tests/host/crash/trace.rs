//! What the program asks of the kernel, one call after the other: the points at which it may be killed, or refused.
//!
//! `strace` writes it down, and makes what a test wants happen at one of the calls. Nobody lists the points by hand: a
//! program that does more has more of them.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use clawlets_tests::eventually;
use rustix::process::{Pid, Signal, kill_process};

use crate::{started::Started, world::World};

/// How long an updater may take. It waits for nothing but processes of its own, so this is only long.
const LIMIT: Duration = Duration::from_secs(60);
/// How many writes must fail before an updater that goes back without room has seen that there is none.
const FAILED_WRITES: usize = 4;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With this exit code.
    Code(i32),
    /// At the point at which it was to be killed.
    Killed,
    /// With its machine, which it had told to reboot.
    WentDown,
}

/// What a traced program did.
#[derive(Debug)]
pub(super) struct Traced {
    pub(super) calls: Vec<Call>,
    pub(super) end: End,
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
    // What we start is the program itself; who traces it is a child of it.
    command.arg("-D").arg("-o").arg(&log).args(["-y", "-s", "1000000", "-e", &format!("trace={CALLS}")]);
    if let Some((event, Point { call, number })) = event {
        command.arg("-e").arg(match event {
            Event::Killed => format!("inject={call}:signal=KILL:when={number}"),
            Event::NoRoom => format!("inject={call}:error=ENOSPC:when={number}+"),
        });
    }
    command.args([env!("CARGO_BIN_EXE_clawlets-host"), "update", "apply"]);
    world.at_home(&mut command);
    let mut updater =
        Started(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let is_short_of_room = event.is_some_and(|(event, _)| event == Event::NoRoom);
    let end = ends(world, &mut updater, |updater| {
        if is_short_of_room && goes_back_in_vain(world, &log) {
            kill_process(Pid::from_child(updater), Signal::TERM).unwrap();
        }
    });
    let is_whole = |text: &String| text.lines().last().is_some_and(|line| line.starts_with("+++ "));
    let text = eventually("the log ends", || fs::read_to_string(&log).ok().filter(is_whole));
    Traced { calls: text.lines().filter_map(call).collect(), end }
}

/// Waits until an updater ends. One that tells its machine to reboot is ended by that.
pub(super) fn ends(world: &World, updater: &mut Started, mut meanwhile: impl FnMut(&Started)) -> End {
    let begun = Instant::now();
    let mut went_down = false;
    loop {
        if let Some(status) = updater.try_wait().unwrap() {
            return match status.code() {
                Some(code) => End::Code(code),
                None if went_down => End::WentDown,
                None => End::Killed,
            };
        }
        if world.is_rebooting() && !went_down {
            went_down = true;
            updater.kill().unwrap();
        }
        assert!(
            begun.elapsed() < LIMIT,
            "the updater does not end: {:#}\nthe last switch: {}\n{}",
            world.status(),
            world.text("state/switch/begun.json"),
            world.text("state/switch/output.log")
        );
        meanwhile(updater);
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether an updater goes back, and met more than once that there is no room. It would try again and again.
fn goes_back_in_vain(world: &World, log: &Path) -> bool {
    if world.host().join("state/reserve").exists() {
        return false;
    }
    let text = fs::read_to_string(log).unwrap_or_default();
    let given_up = text.rfind("/state/reserve\"").unwrap_or_default();
    text[given_up..].matches("ENOSPC").count() >= FAILED_WRITES
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
