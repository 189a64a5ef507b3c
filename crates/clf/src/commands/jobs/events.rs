//! `clf jobs events`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, Table};
use clawlets_verbs::{Target, fault::of_client, moment};

/// Show a job's history: what happened to it, and when.
#[derive(Debug, Args)]
pub(super) struct Events {
    #[command(flatten)]
    target: Target,
}

impl Events {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let answer = client.events(&self.target.reference()).await.map_err(|error| of_client(&error))?;
        match printer.form() {
            Form::Json => printer.json(&answer),
            Form::Text => {
                let mut table = Table::new(["SEQ", "TIME", "EVENT", "DETAIL"]);
                for event in answer.events {
                    let detail = event.detail.unwrap_or_default();
                    table.row([event.seq.to_string(), moment(event.t), event.event, detail]);
                }
                printer.table(&table);
            }
        }
        Ok(ExitCode::Ok)
    }
}
