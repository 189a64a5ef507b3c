//! The verbs, one file each.

mod jobs;

use clap::Subcommand;
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::completions::Completions;

/// What `clf` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Commands {
    Jobs(jobs::Jobs),
    Completions(Completions),
}

impl Commands {
    pub(crate) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        match self {
            Self::Jobs(jobs) => jobs.run(printer, client).await,
            Self::Completions(completions) => completions.run(printer, "clf"),
        }
    }
}
