//! Where everything that a program says goes through.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use anstyle::{AnsiColor, Style};
use clawlets_model::ExitCode;
use serde::Serialize;

use crate::{Fault, FaultCode, Step, Table, plain, plain::plain_json};

/// Who reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A person.
    Text,
    /// A program that wants one JSON document.
    Json,
}

/// The door to the terminal. Cheap to share by reference; lines never mix.
pub struct Printer {
    form: Form,
    terminal: bool,
    reader_is_gone: AtomicBool,
    unwritten: Mutex<Option<io::Error>>,
    out: Mutex<Box<dyn Write + Send>>,
    /// The same place as `out`, without anything on the way that takes colours out.
    exact: Option<Mutex<io::Stdout>>,
    talk: Mutex<Box<dyn Write + Send>>,
}

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default();

impl Printer {
    /// A printer on this process's standard output and standard error.
    #[must_use]
    pub fn stdio(form: Form) -> Self {
        Self {
            terminal: io::stderr().is_terminal(),
            exact: Some(Mutex::new(io::stdout())),
            ..Self::on(form, Box::new(anstream::stdout()), Box::new(anstream::stderr()))
        }
    }

    /// A printer on two writers, which counts as no terminal.
    #[must_use]
    pub fn on(form: Form, out: Box<dyn Write + Send>, talk: Box<dyn Write + Send>) -> Self {
        Self {
            form,
            terminal: false,
            reader_is_gone: AtomicBool::new(false),
            unwritten: Mutex::new(None),
            out: Mutex::new(out),
            exact: None,
            talk: Mutex::new(talk),
        }
    }

    /// Who reads the output.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// Whether a person watches standard error.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// Whether data can be written no more: whoever reads it went away (`| head`), or its disk is full. A stream can end
    /// then.
    #[must_use]
    pub fn reader_is_gone(&self) -> bool {
        self.reader_is_gone.load(Ordering::Relaxed)
    }

    /// One line of data.
    pub fn data(&self, line: impl AsRef<str>) {
        self.written(write_line(&self.out, line.as_ref()));
    }

    /// Bytes of data as they are.
    pub fn raw(&self, bytes: &[u8]) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        self.written(out.write_all(bytes).and_then(|()| out.flush()));
    }

    /// Bytes of data, every one of them: what [`Self::raw`] writes loses what would steer a terminal when there is none.
    pub fn exact(&self, bytes: &[u8]) {
        let Some(exact) = &self.exact else { return self.raw(bytes) };
        let mut exact = exact.lock().unwrap_or_else(PoisonError::into_inner);
        self.written(exact.write_all(bytes).and_then(|()| exact.flush()));
    }

    /// Why data was lost, if any was: a full disk behind a redirection, for one. A reader that went away (`| head`) is
    /// no fault.
    #[must_use]
    pub fn lost_data(&self) -> Option<Fault> {
        let unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
        unwritten
            .as_ref()
            .map(|error| Fault::new(FaultCode::Io, "failed to write to standard output").because(error))
    }

    /// Takes note of how a write of data went.
    fn written(&self, outcome: io::Result<()>) {
        let Err(error) = outcome else { return };
        self.reader_is_gone.store(true, Ordering::Relaxed);
        if error.kind() != io::ErrorKind::BrokenPipe {
            let mut unwritten = self.unwritten.lock().unwrap_or_else(PoisonError::into_inner);
            unwritten.get_or_insert(error);
        }
    }

    /// One JSON document of data, readable.
    pub fn json(&self, value: &impl Serialize) {
        let text = serde_json::to_string_pretty(value).expect("what is printed has only text keys");
        self.data(plain_json(text));
    }

    /// One JSON document of data on a line of its own, for streams.
    pub fn json_line(&self, value: &impl Serialize) {
        let text = serde_json::to_string(value).expect("what is printed has only text keys");
        self.data(plain_json(text));
    }

    /// A table of data.
    pub fn table(&self, table: &Table) {
        self.data(table.render());
    }

    /// One line of talk.
    pub fn note(&self, line: impl AsRef<str>) {
        self.say(line.as_ref());
    }

    /// Something that the user should act on.
    pub fn warn(&self, line: impl AsRef<str>) {
        self.say(&format!("{YELLOW}warning:{YELLOW:#} {}", line.as_ref()));
    }

    /// Begins a step of a long operation; it stays as one line when it ends.
    #[must_use]
    pub fn step(&self, name: &str) -> Step<'_> {
        Step::begin(self, name)
    }

    /// Shows a fault and gives the exit code that belongs to it.
    pub fn fault(&self, fault: &Fault) -> ExitCode {
        match self.form {
            Form::Json => {
                #[derive(Serialize)]
                struct Document<'a> {
                    error: &'a Fault,
                }
                let text = serde_json::to_string_pretty(&Document { error: fault });
                self.say(&plain_json(text.expect("a fault has only text keys")));
            }
            Form::Text => self.say(&describe(fault)),
        }
        fault.code().exit()
    }

    /// A question, with the cursor behind it.
    pub(crate) fn ask_on_the_line(&self, question: &str) {
        let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever cannot be asked does not answer.
        let _ = write!(talk, "{}: ", plain(question)).and_then(|()| talk.flush());
    }

    fn say(&self, line: &str) {
        // There is nobody left to tell when talk cannot be written.
        let _ = write_line(&self.talk, line);
    }
}

fn describe(fault: &Fault) -> String {
    let mut text = format!("{RED}error:{RED:#} {}", plain(fault.message()));
    for cause in fault.causes() {
        text.push_str("\n  caused by: ");
        text.push_str(&plain(cause));
    }
    if let Some(hint) = fault.hint_text() {
        text.push_str(&format!("\n  {CYAN}hint:{CYAN:#} {}", plain(hint)));
    }
    text.push_str(&format!("\n  code: {}", fault.code().as_str()));
    text
}

fn write_line(writer: &Mutex<Box<dyn Write + Send>>, line: &str) -> io::Result<()> {
    let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
    writeln!(writer, "{line}").and_then(|()| writer.flush())
}
