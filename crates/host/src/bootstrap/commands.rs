//! The parts of a boot that other verbs know.

use std::{path::PathBuf, process::Command};

use super::{BootError, Patience};
use crate::{
    Interrupt,
    process::{self, Unended},
};

/// The word that stands for this program.
const OURSELVES: &str = "clawlets-host";
/// Exits after which to run a program again makes no sense: a wrong command line, a wrong configuration.
const FINAL: [i32; 2] = [2, 78];

/// Starts programs.
#[derive(Debug, Clone)]
pub(super) struct Commands {
    /// This program.
    pub(super) program: PathBuf,
    /// Its configuration.
    pub(super) config: PathBuf,
}

impl Commands {
    /// Runs a program to its end; nothing, if the list is empty.
    pub(super) fn run(&self, argv: &[String], patience: &Patience<'_>) -> Result<(), BootError> {
        if argv.is_empty() {
            return Ok(());
        }
        let failed = |said: String, is_final| BootError::Command { command: argv.join(" "), said, is_final };
        let mut command = self.command(argv);
        let may_go_on = || if patience.is_told() { Err(Interrupt::Terminated) } else { Ok(()) };
        match process::run(&mut command, patience.left(), may_go_on) {
            Ok(ended) if ended.status.success() => Ok(()),
            Ok(ended) => {
                let said = ended.talk.lines().rev().map(str::trim).find(|line| !line.is_empty());
                let said =
                    said.map_or_else(|| ended.status.to_string(), |line| line.chars().take(300).collect());
                let is_final = ended.status.code().is_some_and(|code| FINAL.contains(&code));
                Err(failed(said, is_final))
            }
            Err(Unended::Io(error)) => Err(failed(error.to_string(), true)),
            Err(Unended::Interrupted(_)) => Err(BootError::Interrupted),
            Err(Unended::TooSlow) => Err(patience.late(Some(failed("it did not end".to_owned(), false)))),
        }
    }

    fn command(&self, argv: &[String]) -> Command {
        let mut command = if argv[0] == OURSELVES {
            let mut command = Command::new(&self.program);
            command.args(&argv[1..]).arg("--config").arg(&self.config);
            command
        } else {
            let mut command = Command::new(&argv[0]);
            command.args(&argv[1..]);
            command
        };
        // Only the boot itself says when it is done.
        command.env_remove("NOTIFY_SOCKET");
        command
    }
}
