//! A program that was run to its end.

use std::{
    fmt,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::tripwire;

/// How a program ended and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub talk: String,
}

/// A program with nothing in its environment but a home, `PATH`, and what the test adds.
#[must_use]
pub fn program(path: &str, home: &Path) -> Command {
    let mut command = Command::new(path);
    command.env_clear().env("HOME", home).env("PATH", "/usr/bin:/bin").current_dir(home).stdin(Stdio::null());
    command
}

impl Ran {
    /// Runs a command to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn of(command: &mut Command) -> Self {
        command.output().expect("the program was built").into()
    }

    /// Runs a command to its end that prints secrets because it was asked to. What it says is not searched for them.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn revealing(command: &mut Command) -> Self {
        Self::unsearched(&command.output().expect("the program was built"))
    }

    fn unsearched(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), out: text(&output.stdout), talk: text(&output.stderr) }
    }

    /// Its standard output as one JSON document.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Its standard output as one JSON document per line.
    ///
    /// # Panics
    /// When a line is none.
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self}"));
        self.out.lines().map(parse).collect()
    }

    /// The code of the fault that it ended in, whether for people or for programs.
    ///
    /// # Panics
    /// When it ended in none.
    #[must_use]
    pub fn fault(&self) -> String {
        if let Ok(document) = serde_json::from_str::<Value>(&self.talk) {
            return document["error"]["code"].as_str().expect("a fault has a code").to_owned();
        }
        let code = self.talk.lines().find_map(|line| line.strip_prefix("  code: "));
        code.unwrap_or_else(|| panic!("no fault: {self}")).to_owned()
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let ran = Self::unsearched(&output);
        tripwire::check(&ran);
        ran
    }
}

/// The form for snapshots.
impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => writeln!(f, "exit code {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        write!(f, "--- standard output\n{}--- standard error\n{}", self.out, self.talk)
    }
}
