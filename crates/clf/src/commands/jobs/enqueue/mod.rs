//! `clf jobs enqueue`: one subcommand per kind of job.

mod reap;
mod spawn;

use clap::{Args, Subcommand};
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};

/// Enqueue a job and print its id.
#[derive(Debug, Args)]
pub(super) struct Enqueue {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    #[command(name = "cattle.spawn")]
    Spawn(Box<spawn::Spawn>),
    #[command(name = "cattle.reap")]
    Reap(reap::Reap),
}

impl Enqueue {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        match self.kind {
            Kind::Spawn(spawn) => spawn.run(printer, client).await,
            Kind::Reap(reap) => reap.run(printer, client).await,
        }
    }
}
