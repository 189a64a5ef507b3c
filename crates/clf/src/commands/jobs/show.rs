//! `clf jobs show`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::{ExitCode, socket::JobView};
use clawlets_printer::{Fault, Form, Printer, Table};
use clawlets_verbs::{Target, fault::of_client, moment};

/// Show everything about one job.
#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    target: Target,
}

impl Show {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let answer = client.job(&self.target.reference()).await.map_err(|error| of_client(&error))?;
        match printer.form() {
            Form::Json => printer.json(&answer),
            Form::Text => printer.table(&sheet(&answer.job)),
        }
        Ok(ExitCode::Ok)
    }
}

/// One line per field that is known.
fn sheet(job: &JobView) -> Table {
    let text = |value: &dyn ToString| Some(value.to_string());
    let rows = [
        ("status", text(&job.status)),
        ("phase", text(&job.phase)),
        ("reason", job.reason.map(|reason| reason.to_string())),
        ("message", job.message.clone()),
        ("exit code", job.exit_code.map(|code| code.to_string())),
        ("kind", text(&job.kind)),
        ("persona", job.persona.as_ref().map(ToString::to_string)),
        ("task", job.task_id.clone()),
        ("model", job.model.as_ref().map(ToString::to_string)),
        ("requester", text(&job.requester)),
        ("attempt", text(&job.attempt)),
        ("VM", text(&job.vm)),
        ("server", job.server_id.map(|id| id.to_string())),
        ("server name", job.server_name.clone()),
        ("position", job.position.map(|position| position.to_string())),
        ("cancel requested", job.cancel_requested.then(|| "yes".to_owned())),
        ("created", Some(moment(job.created_at))),
        ("not before", (job.run_at != job.created_at).then(|| moment(job.run_at))),
        ("started", job.started_at.map(moment)),
        ("ended", job.ended_at.map(moment)),
        ("expires", job.expires_at.map(moment)),
    ];
    let mut table = Table::new(["JOB", &job.job_id.to_string()]);
    for (name, value) in rows {
        if let Some(value) = value {
            table.row([name.to_owned(), value]);
        }
    }
    table
}
