//! What a job came to, on a terminal.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::{ExitCode, socket::ResultAnswer};
use clawlets_printer::{Fault, Form, Printer, Table, plain};

use crate::{Target, fault::of_client, job_table::artifact_table};

/// Show what a job came to: its outcome, its answer, its artifacts.
#[derive(Debug, Args)]
pub struct ShowResult {
    #[command(flatten)]
    target: Target,
}

impl ShowResult {
    /// Shows it.
    ///
    /// # Errors
    /// A fault when there is no such job, it has not ended, or the orchestrator does not answer.
    pub async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let result = client.result(&self.target.reference()).await.map_err(|error| of_client(&error))?;
        match printer.form() {
            Form::Json => printer.json(&result),
            Form::Text => show(printer, &result),
        }
        Ok(ExitCode::Ok)
    }
}

fn show(printer: &Printer, result: &ResultAnswer) {
    let dash = || "-".to_owned();
    let mut table = Table::new(["JOB", "STATUS", "REASON", "EXIT", "SIGNAL", "TOOK"]);
    table.row([
        result.job_id.to_string(),
        result.status.to_string(),
        result.reason.map_or_else(dash, |reason| reason.to_string()),
        result.exit_code.map_or_else(dash, |code| code.to_string()),
        result.signal.map_or_else(dash, |signal| signal.to_string()),
        result.duration_ms.map_or_else(dash, |ms| format!("{}.{:01} s", ms / 1000, ms % 1000 / 100)),
    ]);
    printer.table(&table);
    if let Some(message) = &result.message {
        printer.data(format!("\n{}", plain(message)));
    }
    if let Some(output) = result.output.as_deref().filter(|output| !output.is_empty()) {
        printer.data("");
        output.lines().for_each(|line| printer.data(plain(line)));
    }
    if !result.artifacts.is_empty() {
        printer.data("");
        printer.table(&artifact_table(&result.artifacts));
    }
}
