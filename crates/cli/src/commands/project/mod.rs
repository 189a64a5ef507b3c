//! `clawlets project`: the repository as a whole.

mod first_host;
mod init;

use clap::{Args, Subcommand};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Begin a repository that declares a fleet
#[derive(Debug, Args)]
#[command(subcommand_required = true)]
pub(crate) struct Project {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Init(init::Init),
}

impl Project {
    pub(super) async fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Init(init) => init.run(printer).await,
        }
    }
}
