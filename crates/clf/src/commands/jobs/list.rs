//! `clf jobs list`.

use clap::{Args, builder::PossibleValuesParser, builder::TypedValueParser};
use clawlets_job_client::{Client, JobFilter};
use clawlets_model::{ExitCode, JobKind, Requester, Status};
use clawlets_printer::{Fault, Form, Printer};
use clawlets_verbs::{fault::of_client, job_table};
use jiff::Timestamp;

/// List jobs, newest first. A bot sees its own.
#[derive(Debug, Args)]
pub(super) struct List {
    /// Only jobs with this status.
    #[arg(long, value_parser = PossibleValuesParser::new(Status::ALL.iter().map(|s| s.as_str())).try_map(|s| s.parse::<Status>()))]
    status: Option<Status>,
    /// Only jobs of this kind.
    #[arg(long, value_parser = PossibleValuesParser::new(JobKind::ALL.iter().map(|k| k.as_str())).try_map(|k| k.parse::<JobKind>()))]
    kind: Option<JobKind>,
    /// Only jobs of this requester.
    #[arg(long, value_name = "NAME")]
    requester: Option<Requester>,
    /// How many at most, 1 to 500 [default: 50].
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: Option<u32>,
    /// List every job, not only the first page.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl List {
    pub(super) async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let limit = if self.all { Some(500) } else { self.limit };
        let filter = JobFilter {
            requester: self.requester,
            status: self.status,
            kind: self.kind,
            limit,
            cursor: None,
        };
        let jobs = if self.all { client.all_jobs(filter).await } else { client.jobs(&filter).await };
        let jobs = jobs.map_err(|error| of_client(&error))?;
        match printer.form() {
            Form::Json => printer.json(&jobs),
            Form::Text if jobs.jobs.is_empty() => printer.note("There are no such jobs."),
            Form::Text => {
                printer.table(&job_table(&jobs.jobs, Timestamp::now()));
                if jobs.next_cursor.is_some() {
                    printer.note("There are more; --all lists every job.");
                }
            }
        }
        Ok(ExitCode::Ok)
    }
}
