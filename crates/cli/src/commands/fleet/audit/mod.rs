//! `clawlets fleet audit`: the log of what the control API decided.

mod file;
mod place;
mod table;
mod verify;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Look at the log of what the control API decided.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Verify(verify::Verify),
}

impl Audit {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Verify(verb) => verb.run(printer).await,
        }
    }
}
