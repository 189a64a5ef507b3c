//! The line on which a step spins.

use std::io;

use console::Term;
use indicatif::{ProgressDrawTarget, TermLike};

/// How often the line is drawn at most, each second.
const RATE: u8 = 20;

/// Standard error as something to draw on; none where nothing can be drawn, such as `TERM=dumb`.
pub(crate) fn target() -> Option<ProgressDrawTarget> {
    let terminal = Term::buffered_stderr();
    terminal
        .features()
        .is_attended()
        .then(|| ProgressDrawTarget::term_like_with_hz(Box::new(Unfilled(terminal)), RATE))
}

/// A terminal whose lines end where their text ends.
///
/// They are filled up with blanks otherwise, so that the `^C` which a terminal echoes begins a new line, and clearing
/// the line that the cursor is in leaves the spinner behind.
#[derive(Debug)]
struct Unfilled(Term);

impl TermLike for Unfilled {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_up(lines)
    }

    fn move_cursor_down(&self, lines: usize) -> io::Result<()> {
        self.0.move_cursor_down(lines)
    }

    fn move_cursor_right(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_right(columns)
    }

    fn move_cursor_left(&self, columns: usize) -> io::Result<()> {
        self.0.move_cursor_left(columns)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        if text.bytes().all(|byte| byte == b' ') { Ok(()) } else { self.0.write_str(text) }
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}
