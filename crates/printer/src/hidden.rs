//! A line that is typed and not shown.

use std::io;

use clawlets_model::Secret;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::{AsFd, BorrowedFd},
    io::{Errno, read},
    termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr},
};
use zeroize::Zeroizing;

use crate::interruptible::Interruptible;

/// How often it is looked whether the person interrupted, in nanoseconds.
const LOOK: i64 = 50_000_000;
/// How much room there is at first. A longer line is moved, which leaves a copy behind.
const ROOM: usize = 64 * 1024;

/// Asks for a line on the terminal that standard input is. What is typed is hidden from before the question is asked, and
/// the terminal is as it was when this returns.
///
/// # Errors
/// [`io::ErrorKind::Interrupted`] after Ctrl-C, and what the terminal says.
pub(crate) fn read_hidden(interruptible: &Interruptible, ask: impl FnOnce()) -> io::Result<Secret<String>> {
    let stdin = io::stdin();
    let _quiet = Quiet::begin(stdin.as_fd())?;
    ask();
    let mut line = Zeroizing::new(Vec::with_capacity(ROOM));
    let mut part = Zeroizing::new([0; 4096]);
    loop {
        if interruptible.has_come() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let mut wanted = [PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::IN)];
        match poll(&mut wanted, Some(&Timespec { tv_sec: 0, tv_nsec: LOOK })) {
            Ok(0) | Err(Errno::INTR) => continue,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let length = match read(stdin.as_fd(), part.as_mut_slice()) {
            Ok(length) => length,
            Err(Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        line.extend_from_slice(&part[..length]);
        if length == 0 || line.ends_with(b"\n") {
            break;
        }
    }
    let text = std::str::from_utf8(&line).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    Ok(Secret::from(text.trim_end_matches(['\r', '\n'])))
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Quiet<'a> {
    terminal: BorrowedFd<'a>,
    before: Termios,
}

impl<'a> Quiet<'a> {
    fn begin(terminal: BorrowedFd<'a>) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // What was typed before the question is not an answer to it.
        tcsetattr(terminal, OptionalActions::Flush, &hidden)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // A terminal that is gone needs no echo.
        let _ = tcsetattr(self.terminal, OptionalActions::Drain, &self.before);
    }
}
