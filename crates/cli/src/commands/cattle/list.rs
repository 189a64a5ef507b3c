//! `clawlets cattle list`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};
use clawlets_verbs::fault::of_client;

use super::vm_table::vm_table;

/// List live VMs with their owner, age, time left and cost so far.
#[derive(Debug, Args)]
pub(super) struct List {}

impl List {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let answer = client.cattle().await.map_err(|error| of_client(&error))?;
        match printer.form() {
            Form::Json => printer.json(&answer),
            Form::Text if answer.cattle.is_empty() => printer.note("There are no VMs."),
            Form::Text => printer.table(&vm_table(&answer.cattle)),
        }
        Ok(ExitCode::Ok)
    }
}
