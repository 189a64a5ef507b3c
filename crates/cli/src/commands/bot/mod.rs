//! `clawlets bot`: the agents of the fleet.

mod add;
mod list;
mod ports;
mod rm;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Declare the bots of the fleet.
#[derive(Debug, Args)]
pub(crate) struct Bot {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Add(add::Add),
    List(list::List),
    Rm(rm::Rm),
}

impl Bot {
    pub(crate) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Add(verb) => verb.run(printer).await,
            Verb::List(verb) => verb.run(printer),
            Verb::Rm(verb) => verb.run(printer).await,
        }
    }
}
