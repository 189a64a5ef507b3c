//! The `git` program, in one repository.

use std::{
    io::{self, Write},
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
};

use clawlets_printer::{Fault, FaultCode};
use clawlets_scaffold::REPOSITORY_VARIABLES;

/// A folder to run git in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Git<'a> {
    folder: &'a Path,
    index: Option<&'a Path>,
    /// A variable that it must not see.
    hidden: Option<&'a str>,
}

impl<'a> Git<'a> {
    pub(crate) fn at(folder: &'a Path) -> Self {
        Self { folder, index: None, hidden: None }
    }

    /// The same repository with an index of its own, so that a commit can be made beside the one that somebody works on.
    pub(crate) fn with_index(self, index: &'a Path) -> Self {
        Self { index: Some(index), ..self }
    }

    /// The same, without a variable of the environment, which holds a secret.
    pub(crate) fn hiding(self, variable: Option<&'a str>) -> Self {
        Self { hidden: variable, ..self }
    }

    /// Runs git, with what it writes to standard output as the answer. It never asks for a password.
    ///
    /// # Errors
    /// A fault when there is no git, or with what it wrote to standard error.
    pub(crate) fn run(self, words: &[&str]) -> Result<Vec<u8>, Fault> {
        let output = self.command(words).stdin(Stdio::null()).output();
        self.answer(words, output)
    }

    /// As [`Self::run`], with this as standard input.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn feed(self, words: &[&str], input: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut git = self.command(words);
        let child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let output = child.and_then(|mut child: Child| {
            let pipe = child.stdin.take();
            thread::scope(|scope| {
                // A git that ends before it has read all says why itself.
                scope.spawn(|| pipe.map(|mut pipe| pipe.write_all(input)));
                child.wait_with_output()
            })
        });
        self.answer(words, output)
    }

    fn answer(self, words: &[&str], output: io::Result<Output>) -> Result<Vec<u8>, Fault> {
        let output = output.map_err(|error| {
            let fault = Fault::new(FaultCode::ToolMissing, "failed to run git").because(&error);
            if error.kind() == io::ErrorKind::NotFound {
                return fault.hint("install it: sudo apt-get install git");
            }
            fault
        })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
        let verb = words.first().copied().unwrap_or_default();
        Err(Fault::new(
            FaultCode::GitFailed,
            format!("git {verb} failed in {}: {said}", self.folder.display()),
        ))
    }

    fn command(self, words: &[&str]) -> Command {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.folder).args(words).env("GIT_TERMINAL_PROMPT", "0");
        // Set inside of hooks; this repository is the one of the folder.
        for name in REPOSITORY_VARIABLES {
            git.env_remove(name);
        }
        if let Some(variable) = self.hidden {
            git.env_remove(variable);
        }
        if let Some(index) = self.index {
            git.env("GIT_INDEX_FILE", index);
        }
        git
    }
}
