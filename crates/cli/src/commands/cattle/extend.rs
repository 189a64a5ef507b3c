//! `clawlets cattle extend`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::{ExitCode, Ttl};
use clawlets_printer::{Fault, Form, Printer, plain};
use clawlets_verbs::{Target, fault::of_client, moment};

/// Give a VM another time to live, counted from now.
#[derive(Debug, Args)]
pub(super) struct Extend {
    #[command(flatten)]
    target: Target,
    /// The new time to live, such as 2h: 1m to 7d.
    #[arg(long, value_name = "DURATION")]
    ttl: Ttl,
}

impl Extend {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let change =
            client.extend(&self.target.reference(), self.ttl).await.map_err(|error| of_client(&error))?;
        match (printer.form(), change.expires_at) {
            (Form::Json, _) => printer.json(&change),
            (Form::Text, Some(time)) => {
                printer.note(format!("{} lives until {}.", plain(&change.name), moment(time)));
            }
            (Form::Text, None) => printer.note(format!("{} is extended.", plain(&change.name))),
        }
        Ok(ExitCode::Ok)
    }
}
