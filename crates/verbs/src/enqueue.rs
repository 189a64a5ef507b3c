//! Enqueueing a job, and waiting for it where that is asked for.

use clap::{Args, ValueEnum};
use clawlets_job_client::{Client, Reference, Until};
use clawlets_model::{
    ExitCode, JobKind, Requester,
    limits::PROTOCOL_VERSION,
    socket::{EnqueueAnswer, EnqueueRequest, JobView, ResultAnswer, WhenFull},
};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    Interrupt,
    fault::of_client,
    stream::Line,
    wait::{WaitLimits, conclude, watch},
};

/// The flags of every enqueue.
#[derive(Debug, Clone, Args)]
pub struct EnqueueFlags {
    /// Makes it safe to repeat: the same key with the same content gives the same job.
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// What to do when the caps leave no room for another VM [default: refuse].
    #[arg(long, value_name = "WHAT", hide_possible_values = false)]
    pub when_full: Option<WhenFullArg>,
    /// Do not begin before this time, such as 2027-01-31T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub run_at: Option<Timestamp>,
    /// Higher goes first, -100 to 100; above 0 for operators only [default: 0].
    #[arg(long, value_name = "N", allow_negative_numbers = true,
          value_parser = clap::value_parser!(i32).range(-100..=100))]
    pub priority: Option<i32>,
    /// How many VMs may be tried before the job fails, 1 to 10.
    #[arg(long, value_name = "N", allow_negative_numbers = true,
          value_parser = clap::value_parser!(u32).range(1..=10))]
    pub max_attempts: Option<u32>,
    /// On whose behalf; only operators may name somebody else [default: you].
    #[arg(long, value_name = "NAME")]
    pub requester: Option<Requester>,
}

/// What to do when the caps leave no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WhenFullArg {
    /// Refuse the job.
    Refuse,
    /// Let the job wait in line.
    Queue,
}

/// Whether to wait for the job that was enqueued.
#[derive(Debug, Clone, Copy, Args)]
pub struct WaitFlag {
    /// Wait until the job ended (or, with `--wait=gone`, until its VM is gone too), and fail when it failed.
    #[arg(long, value_name = "WHEN", num_args = 0..=1, require_equals = true, default_missing_value = "ended",
          overrides_with = "wait")]
    pub wait: Option<WaitChoice>,
    /// How to wait.
    #[command(flatten)]
    pub limits: WaitLimits,
}

/// The values of `--wait`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WaitChoice {
    /// Until its result is decided.
    #[value(alias = "true")]
    Ended,
    /// Until its VM is proved gone as well.
    Gone,
    /// Not at all.
    #[value(name = "false", hide = true)]
    No,
}

impl EnqueueFlags {
    /// The request for a job of this kind.
    #[must_use]
    pub fn request(self, kind: JobKind, payload: serde_json::Value) -> EnqueueRequest {
        EnqueueRequest {
            protocol_version: PROTOCOL_VERSION,
            requester: self.requester,
            idempotency_key: self.idempotency_key,
            kind,
            payload,
            run_at: self.run_at,
            priority: self.priority,
            max_attempts: self.max_attempts,
            when_full: self.when_full.map(|what| match what {
                WhenFullArg::Refuse => WhenFull::Refuse,
                WhenFullArg::Queue => WhenFull::Queue,
            }),
        }
    }
}

/// What `--json` prints of a job that was enqueued and waited for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waited<'a> {
    protocol_version: u32,
    job_id: String,
    deduped: bool,
    job: &'a JobView,
    result: Option<&'a ResultAnswer>,
}

/// Enqueues a job, waits for it where that is asked for, and shows what came of it.
///
/// # Errors
/// A fault when it is refused, and those of waiting.
pub async fn enqueue(
    printer: &Printer,
    client: &Client,
    request: &EnqueueRequest,
    wait: WaitFlag,
) -> Result<ExitCode, Fault> {
    let until = until(wait)?;
    let mut interrupt = until.map(|_| Interrupt::listen()).transpose()?;
    let enqueued = client.enqueue(request).await.map_err(|error| of_client(&error))?;
    announce(printer, &enqueued, wait, interrupt.is_some());
    let (Some(until), Some(interrupt)) = (until, &mut interrupt) else {
        if wait.limits.events {
            Line::End {}.print(printer);
        }
        return Ok(ExitCode::Ok);
    };
    let ended = watch(printer, client, enqueued.job_id, until, wait.limits, interrupt).await?;
    let result = client.result(&Reference::from(enqueued.job_id)).await.ok();
    if printer.form() == Form::Json && !wait.limits.events {
        printer.json(&Waited {
            protocol_version: PROTOCOL_VERSION,
            job_id: enqueued.job_id.to_string(),
            deduped: enqueued.deduped,
            job: &ended,
            result: result.as_ref(),
        });
    }
    conclude(printer, &ended, result.as_ref())
}

/// How far to wait; none when nobody asked for it.
fn until(wait: WaitFlag) -> Result<Option<Until>, Fault> {
    match wait.wait {
        Some(WaitChoice::Ended) => Ok(Some(Until::Ended)),
        Some(WaitChoice::Gone) => Ok(Some(Until::Gone)),
        Some(WaitChoice::No) | None if wait.limits.timeout.is_some() => {
            Err(Fault::new(FaultCode::UsageArguments, "--timeout is for a wait, and nothing asks for one")
                .hint("add --wait, or leave --timeout away"))
        }
        Some(WaitChoice::No) | None => Ok(None),
    }
}

/// A time on a command line.
fn time(text: &str) -> Result<Timestamp, String> {
    let expected = "expected a time with its zone, such as 2027-01-31T08:00:00Z";
    text.trim().parse().map_err(|_| expected.to_owned())
}

/// Says which job it is: as data when nothing more comes, as talk before a wait.
fn announce(printer: &Printer, enqueued: &EnqueueAnswer, wait: WaitFlag, waits: bool) {
    if wait.limits.events {
        Line::first(printer);
        Line::Enqueued { job_id: enqueued.job_id.to_string(), deduped: enqueued.deduped }.print(printer);
        return;
    }
    match (printer.form(), waits) {
        (Form::Json, true) => {}
        (Form::Json, false) => printer.json(enqueued),
        (Form::Text, true) => printer.note(format!("Job {}", enqueued.job_id)),
        (Form::Text, false) => printer.data(enqueued.job_id.to_string()),
    }
    if enqueued.deduped && printer.form() == Form::Text {
        printer.note("This job existed already: same requester, key and content.");
    }
}
