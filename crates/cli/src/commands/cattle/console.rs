//! `clawlets cattle console`.

use std::time::Duration;

use clap::Args;
use clawlets_job_client::{Client, ClientError};
use clawlets_model::{ExitCode, socket::ApiErrorCode};
use clawlets_printer::{Fault, Form, Printer};
use clawlets_verbs::{Target, fault::of_client};

/// How often a console is looked at while it is followed.
const LOOK: Duration = Duration::from_millis(500);

/// Show what a VM wrote to its serial port: how it booted, and why it did not. Only the local cloud keeps that.
#[derive(Debug, Args)]
pub(super) struct Console {
    #[command(flatten)]
    target: Target,
    /// Go on until the VM is gone.
    #[arg(long)]
    follow: bool,
}

impl Console {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let vm = self.target.reference();
        let mut part = client.console(&vm, 0).await.map_err(|error| of_client(&error))?;
        loop {
            match printer.form() {
                Form::Json => printer.json_line(&part),
                Form::Text => printer.raw(part.text.as_bytes()),
            }
            let at_the_end = part.text.is_empty();
            if (at_the_end && !self.follow) || printer.reader_is_gone() {
                return Ok(ExitCode::Ok);
            }
            if at_the_end {
                tokio::time::sleep(LOOK).await;
            }
            part = match client.console(&vm, part.next).await {
                Ok(part) => part,
                Err(error) if is_gone(&error) => return Ok(ExitCode::Ok),
                Err(error) => return Err(of_client(&error)),
            };
        }
    }
}

/// The VM was there before, so that is its end.
fn is_gone(error: &ClientError) -> bool {
    matches!(error, ClientError::Api(api) if matches!(api.code, ApiErrorCode::NotFound | ApiErrorCode::Conflict))
}
