//! A job's log, on a terminal.

use std::{ops::ControlFlow, time::Duration};

use clap::Args;
use clawlets_job_client::{Client, ClientError, LogRange, Reference};
use clawlets_model::{
    ExitCode,
    guest::{LogRecord, LogStream},
    limits::PROTOCOL_VERSION,
};
use clawlets_printer::{Fault, Form, Printer, plain};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{Interrupt, Target, fault::of_client, interrupt, moment, stream::Line, wait::duration};

/// Show a job's log, also after its VM is gone.
///
/// Lines of the task come as they are, with control characters replaced; lines of the system begin with `[system]`.
#[derive(Debug, Args)]
pub struct Logs {
    #[command(flatten)]
    target: Target,
    /// Go on until the log is complete.
    #[arg(long, short = 'f')]
    follow: bool,
    /// Begin this long ago, such as 5m.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    since: Option<Duration>,
    /// Begin with the record of this number.
    #[arg(long, value_name = "SEQ", allow_negative_numbers = true)]
    from: Option<u64>,
    /// Begin each line with its time and stream.
    #[arg(long)]
    timestamps: bool,
    /// Print each record as a line of JSON.
    #[arg(long, conflicts_with = "json")]
    events: bool,
}

/// What `--json` prints of a log.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    protocol_version: u32,
    records: Vec<LogRecord>,
}

/// Where records go.
struct Sink<'a> {
    printer: &'a Printer,
    events: bool,
    timestamps: bool,
    document: Document,
}

impl Logs {
    /// Shows the log.
    ///
    /// # Errors
    /// A fault when there is no such job, the orchestrator does not answer, or following was interrupted.
    pub async fn run(self, printer: &Printer, client: &Client) -> Result<ExitCode, Fault> {
        let age = self.since.map(|age| SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX));
        let since = age.map(|age| Timestamp::now().checked_sub(age).unwrap_or(Timestamp::MIN));
        let range = LogRange { from: self.from, since };
        let job = self.target.reference();
        let document = Document { protocol_version: PROTOCOL_VERSION, records: Vec::new() };
        let mut sink = Sink { printer, events: self.events, timestamps: self.timestamps, document };
        if self.events {
            Line::first(printer);
        }
        if self.follow {
            follow(client, job, range, &mut sink).await?;
        } else {
            client.logs(&job, range, |record| sink.take(record)).await.map_err(|error| of_client(&error))?;
        }
        sink.end();
        Ok(ExitCode::Ok)
    }
}

async fn follow(client: &Client, job: Reference, range: LogRange, sink: &mut Sink<'_>) -> Result<(), Fault> {
    let mut interrupt = Interrupt::listen()?;
    let mut follow = client.follow(job.clone(), range);
    loop {
        let next: Result<Option<LogRecord>, ClientError> = tokio::select! {
            next = follow.next() => next,
            () = interrupt.came() => {
                return Err(interrupt::of_follow(job.as_str(), follow.next_seq().unwrap_or(0)));
            }
        };
        match next.map_err(|error| of_client(&error))? {
            Some(record) => {
                if sink.take(record).is_break() {
                    return Ok(());
                }
            }
            None => return Ok(()),
        }
    }
}

impl Sink<'_> {
    /// Shows a record; breaks when nobody reads any more.
    fn take(&mut self, record: LogRecord) -> ControlFlow<()> {
        match self.printer.form() {
            Form::Json if self.events => Line::Log { record: &record }.print(self.printer),
            Form::Json => self.document.records.push(record),
            Form::Text => self.printer.data(self.text(&record)),
        }
        if self.printer.reader_is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn text(&self, record: &LogRecord) -> String {
        let data = plain(&record.data);
        match (self.timestamps, record.stream) {
            (true, stream) => format!("{} {:6} {data}", moment(record.t), stream.as_str()),
            (false, LogStream::System) => format!("[system] {data}"),
            (false, LogStream::Stdout | LogStream::Stderr) => data,
        }
    }

    fn end(self) {
        match self.printer.form() {
            Form::Json if self.events => Line::End {}.print(self.printer),
            Form::Json => self.printer.json(&self.document),
            Form::Text => {}
        }
    }
}
