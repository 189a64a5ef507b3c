//! `clawlets cattle leaks`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer, count};
use clawlets_verbs::fault::of_client;

use super::vm_table::vm_table;

/// List VMs of ours that no job owns. Fails when there are any.
#[derive(Debug, Args)]
pub(super) struct Leaks {}

impl Leaks {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let answer = client.leaks().await.map_err(|error| of_client(&error))?;
        let leaks = answer.cattle.len();
        match printer.form() {
            Form::Json => printer.json(&answer),
            Form::Text => {
                if leaks > 0 {
                    printer.table(&vm_table(&answer.cattle));
                }
                printer.data(count(leaks, "leak"));
            }
        }
        if leaks == 0 {
            return Ok(ExitCode::Ok);
        }
        if printer.form() == Form::Text {
            printer
                .warn("these VMs cost money; 'clawlets cattle reap' deletes what is expired, off or unowned");
        }
        Ok(ExitCode::Failed)
    }
}
