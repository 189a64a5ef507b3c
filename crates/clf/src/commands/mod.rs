//! The verbs, one file each.

mod fleet;
mod jobs;
mod memory;

use clap::Subcommand;
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::completions::Completions;

/// What `clf` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    Jobs(jobs::Jobs),
    Fleet(fleet::Fleet),
    Memory(memory::Memory),
    Completions(Completions),
}

impl Commands {
    pub(crate) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        match self {
            Self::Jobs(jobs) => jobs.run(printer, client).await,
            Self::Fleet(fleet) => fleet.run(printer).await,
            // It blocks, and nothing else runs here.
            Self::Memory(memory) => memory.run(printer),
            Self::Completions(completions) => completions.run(printer, "clf"),
        }
    }
}
