//! `clf jobs`: everything about jobs.

mod cancel;
mod enqueue;
mod events;
mod list;
mod show;

use clap::{Args, Subcommand};
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Printer};
use clawlets_verbs::{artifacts::Artifacts, logs::Logs, result::ShowResult, wait::Wait};

/// Enqueue, watch and cancel jobs.
#[derive(Debug, Args)]
pub(crate) struct Jobs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Enqueue(enqueue::Enqueue),
    List(list::List),
    Show(show::Show),
    Logs(Logs),
    Events(events::Events),
    Cancel(cancel::Cancel),
    Wait(Wait),
    Result(ShowResult),
    Artifacts(Artifacts),
}

impl Jobs {
    pub(crate) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        match self.verb {
            Verb::Enqueue(verb) => verb.run(printer, client).await,
            Verb::List(verb) => verb.run(printer, client).await,
            Verb::Show(verb) => verb.run(printer, client).await,
            Verb::Logs(verb) => verb.run(printer, client).await,
            Verb::Events(verb) => verb.run(printer, client).await,
            Verb::Cancel(verb) => verb.run(printer, client).await,
            Verb::Wait(verb) => verb.run(printer, client).await,
            Verb::Result(verb) => verb.run(printer, client).await,
            Verb::Artifacts(verb) => verb.run(printer, client).await,
        }
    }
}
