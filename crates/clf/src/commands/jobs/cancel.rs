//! `clf jobs cancel`.

use clap::Args;
use clawlets_job_client::Client;
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, Form, Printer};
use clawlets_verbs::{Target, fault::of_client};

/// Cancel a job. Its VM is deleted, whatever it is doing.
#[derive(Debug, Args)]
pub(super) struct Cancel {
    #[command(flatten)]
    target: Target,
}

impl Cancel {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let answer = client.cancel(&self.target.reference()).await.map_err(|error| of_client(&error))?;
        match printer.form() {
            Form::Json => printer.json(&answer),
            Form::Text if answer.job.status.is_final() => {
                printer.note(format!("Job {} is {}.", answer.job.job_id, answer.job.status));
            }
            Form::Text => printer.note(format!("Job {} is being canceled.", answer.job.job_id)),
        }
        Ok(ExitCode::Ok)
    }
}
