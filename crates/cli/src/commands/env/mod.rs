//! `clawlets env`.

mod init;
mod set;
mod show;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Look after `.clawlets/env`, which holds your tokens and is never committed.
///
/// It is read only if it is a regular file of yours with mode 0600. What stands in the environment wins over it.
#[derive(Debug, Args)]
pub(crate) struct Env {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Init(init::Init),
    Set(set::Set),
    Show(show::Show),
}

impl Env {
    pub(crate) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Init(verb) => verb.run(printer),
            Verb::Set(verb) => verb.run(printer),
            Verb::Show(verb) => verb.run(printer),
        }
    }
}
