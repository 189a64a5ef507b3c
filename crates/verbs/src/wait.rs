//! Waiting for a job, on a terminal.

use std::time::Duration;

use clap::{Args, ValueEnum};
use clawlets_job_client::{Client, Reference, Until};
use clawlets_model::{
    ExitCode, JobId, Status,
    duration::{InvalidDuration, parse_duration},
    limits::PROTOCOL_VERSION,
    socket::{JobView, ResultAnswer},
};
use clawlets_printer::{Fault, FaultCode, Form, Printer, plain};
use serde::Serialize;

use crate::{
    Interrupt, Target, fault::of_client, interrupt, job_table::outcome_table, progress::Progress,
    stream::Line,
};

/// How far a job is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UntilArg {
    /// Until its result is decided.
    Ended,
    /// Until its VM is proved gone as well.
    Gone,
}

impl From<UntilArg> for Until {
    fn from(until: UntilArg) -> Self {
        match until {
            UntilArg::Ended => Self::Ended,
            UntilArg::Gone => Self::Gone,
        }
    }
}

/// Wait for a job, and fail when it failed.
///
/// Interrupted, it ends with exit code 10 and the job goes on.
#[derive(Debug, Args)]
pub struct Wait {
    #[command(flatten)]
    target: Target,
    /// How far to wait.
    #[arg(long, value_name = "WHEN", default_value = "ended")]
    until: UntilArg,
    #[command(flatten)]
    limits: WaitLimits,
}

/// The flags of everything that waits.
#[derive(Debug, Clone, Copy, Args)]
pub struct WaitLimits {
    /// How long to wait at most, such as 5m. The job goes on after that.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// Print each change as a line of JSON.
    #[arg(long, conflicts_with = "json")]
    pub events: bool,
}

/// What `--json` prints of a job that was waited for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waited<'a> {
    protocol_version: u32,
    job: &'a JobView,
    result: Option<&'a ResultAnswer>,
}

impl Wait {
    /// Waits.
    ///
    /// # Errors
    /// A fault when the job failed, the time is over, the wait was interrupted, or the orchestrator does not answer.
    pub async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let mut interrupt = Interrupt::listen()?;
        let job = self.target.reference();
        // Whatever was typed, what is shown from here on is the job's id.
        let id = client.job(&job).await.map_err(|error| of_client(&error))?.job.job_id;
        if self.limits.events {
            Line::first(printer);
        }
        let ended = watch(printer, client, id, self.until.into(), self.limits, &mut interrupt).await?;
        let result = client.result(&Reference::from(id)).await.ok();
        if !self.limits.events && printer.form() == Form::Json {
            printer.json(&Waited {
                protocol_version: PROTOCOL_VERSION,
                job: &ended,
                result: result.as_ref(),
            });
        }
        conclude(printer, &ended, result.as_ref())
    }
}

/// Waits for a job and shows what changes. Prints no data but event lines.
pub(crate) async fn watch(
    printer: &Printer,
    client: &Client,
    id: JobId,
    until: Until,
    limits: WaitLimits,
    interrupt: &mut Interrupt,
) -> Result<JobView, Fault> {
    let mut progress = (printer.form() == Form::Text).then(|| Progress::new(printer));
    let on_change = |job: &JobView| {
        if limits.events {
            Line::Job { job }.print(printer);
        }
        if let Some(progress) = &mut progress {
            progress.see(job);
        }
    };
    let job = Reference::from(id);
    let ended = tokio::select! {
        ended = client.wait(&job, until, limits.timeout, on_change) => ended.map_err(|error| of_client(&error))?,
        () = interrupt.came() => return Err(interrupt::of_wait(id)),
    };
    if let Some(progress) = progress {
        progress.end(&ended);
    }
    if limits.events {
        Line::End {}.print(printer);
    }
    Ok(ended)
}

/// The summary for people, and whether the job failed.
pub(crate) fn conclude(
    printer: &Printer,
    job: &JobView,
    result: Option<&ResultAnswer>,
) -> Result<ExitCode, Fault> {
    if printer.form() == Form::Text {
        printer.table(&outcome_table(job, result.map_or(0, |result| result.artifacts.len())));
        if let Some(output) =
            result.and_then(|result| result.output.as_deref()).filter(|text| !text.is_empty())
        {
            printer.data("");
            output.lines().for_each(|line| printer.data(plain(line)));
        }
    }
    match job.status {
        Status::Done => Ok(ExitCode::Ok),
        Status::Queued | Status::Running | Status::Failed | Status::Canceled => Err(failed(job)),
    }
}

fn failed(job: &JobView) -> Fault {
    let why = job.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    let code = job
        .exit_code
        .filter(|code| *code != 0)
        .map(|code| format!(" (exit code {code})"))
        .unwrap_or_default();
    let fault = Fault::new(FaultCode::JobFailed, format!("job {} {}{why}{code}", job.job_id, job.status));
    let fault = match &job.message {
        Some(message) => fault.because(&std::io::Error::other(message.clone())),
        None => fault,
    };
    fault.hint(format!("'clf jobs logs {0}' and 'clf jobs events {0}' tell more", job.job_id))
}

/// A duration on a command line.
pub(crate) fn duration(text: &str) -> Result<Duration, InvalidDuration> {
    parse_duration(text)
}
