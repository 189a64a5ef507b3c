//! `clawlets cattle persona`.

mod add;
mod list;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Make and list the personas that VMs play.
#[derive(Debug, Args)]
pub(super) struct Persona {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(add::Add),
    List(list::List),
}

impl Persona {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Add(verb) => verb.run(printer),
            Verb::List(verb) => verb.run(printer),
        }
    }
}
