//! `clawlets cattle reap`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::{ExitCode, limits::PROTOCOL_VERSION, socket::ReapRequest};
use clawlets_printer::{Fault, Form, Printer, Table, count};
use clawlets_verbs::fault::of_client;

/// Delete VMs that are expired, off or unowned, now instead of at the next sweep.
#[derive(Debug, Args)]
pub(super) struct Reap {
    /// Only say what would be deleted.
    #[arg(long)]
    dry_run: bool,
}

impl Reap {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let request = ReapRequest { protocol_version: PROTOCOL_VERSION, dry_run: self.dry_run };
        let answer = client.reap(&request).await.map_err(|error| of_client(&error))?;
        match printer.form() {
            Form::Json => printer.json(&answer),
            Form::Text => {
                if !answer.reaped.is_empty() {
                    let mut table = Table::new(["NAME", "SERVER", "WHY"]);
                    for vm in &answer.reaped {
                        table.row([vm.name.clone(), vm.server_id.to_string(), vm.why.clone()]);
                    }
                    printer.table(&table);
                }
                let what = if answer.dry_run { "would be deleted" } else { "deleted" };
                printer.note(format!("{} {what}.", count(answer.reaped.len(), "VM")));
            }
        }
        Ok(ExitCode::Ok)
    }
}
