//! `GET /v1/jobs/{id}/logs`: what a task said, as lines of JSON, or as server-sent events while it speaks.

use std::time::Duration;

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderName, Uri, header},
    response::{IntoResponse, Response},
};
use clawlets_model::{JobId, cause::chain, duration::parse_duration, guest::LogRecord};
use jiff::Timestamp;
use tokio::sync::mpsc::{self, Sender};
use tokio_stream::wrappers::ReceiverStream;

use super::{answer::Fault, query::Parameters, routes::Api};
use crate::{identity::Caller, job_files::LogTail};

/// A follower that hears nothing else hears this often that the connection lives.
const PING: Duration = Duration::from_secs(15);
/// Where a follower that lost its connection goes on from.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Which records are wanted.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    from: u64,
    since: Option<Timestamp>,
}

impl Wanted {
    fn wants(&self, record: &LogRecord) -> bool {
        record.seq >= self.from && self.since.is_none_or(|since| record.t >= since)
    }
}

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Lines,
    Events,
}

pub(super) async fn logs(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let parameters = Parameters::read(&uri, &["follow", "from", "since"])?;
    let now = api.shared.now();
    let mut wanted = Wanted {
        from: parameters.get("from", str::parse::<u64>)?.unwrap_or(0),
        since: parameters.get("since", |text| parse_since(text, now))?,
    };
    let form = if parameters.is_on("follow")? { Form::Events } else { Form::Lines };
    let heard = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if let (Form::Events, Some(heard)) = (form, heard) {
        wanted.from = wanted.from.max(heard + 1);
    }
    let job = api.job(&caller, &id).await?.id;
    let (sender, receiver) = mpsc::channel(8);
    let content_type = match form {
        Form::Lines => "application/x-ndjson",
        Form::Events => "text/event-stream",
    };
    tokio::spawn(async move {
        let outcome = match form {
            Form::Lines => api.send_lines(job, wanted, &sender).await,
            Form::Events => api.send_events(job, wanted, &sender).await,
        };
        if let Err(Ended::Failed(error)) = outcome {
            tracing::error!(job_id = %job, error, "a log cannot be read");
            // The connection breaks, so that the reader does not take this for the end.
            let _ = sender.send(Err(std::io::Error::other("the log cannot be read"))).await;
        }
    });
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}

/// A moment, or how long ago it was: `2026-01-31T12:00:00Z`, `5m`.
fn parse_since(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(ago) = parse_duration(text) {
        return Ok(now.saturating_sub(ago).unwrap_or(Timestamp::MIN));
    }
    text.parse().map_err(|_| {
        format!("{text:?} is neither a time such as 2026-01-31T12:00:00Z nor a duration such as 5m")
    })
}

/// Why nothing more is sent.
enum Ended {
    /// Nobody reads any more.
    Left,
    /// The log cannot be read.
    Failed(String),
}

type Pieces = Sender<Result<Bytes, std::io::Error>>;

impl Api {
    async fn send_lines(&self, job: JobId, wanted: Wanted, sender: &Pieces) -> Result<(), Ended> {
        let mut tail = self.shared.files.logs.tail(job);
        while send_what_is_there(&mut tail, wanted, Form::Lines, sender).await? {}
        Ok(())
    }

    async fn send_events(&self, job: JobId, wanted: Wanted, sender: &Pieces) -> Result<(), Ended> {
        let logs = self.shared.files.logs.clone();
        let opened = tokio::task::spawn_blocking(move || logs.follow(job)).await;
        let mut tail = match opened {
            Ok(Ok(tail)) => tail,
            Ok(Err(error)) => return Err(Ended::Failed(chain(&error))),
            Err(error) => return Err(Ended::Failed(error.to_string())),
        };
        loop {
            self.close_if_ended(job).await?;
            while send_what_is_there(&mut tail, wanted, Form::Events, sender).await? {}
            let grown = tokio::select! {
                grown = tail.grown() => grown,
                () = tokio::time::sleep(PING) => {
                    send(sender, Bytes::from_static(b": still here\n\n")).await?;
                    true
                }
                () = sender.closed() => return Err(Ended::Left),
                // Without an end event: the follower comes back to the next daemon.
                () = self.stop.cancelled() => return Err(Ended::Left),
            };
            if !grown {
                while send_what_is_there(&mut tail, wanted, Form::Events, sender).await? {}
                return send(sender, Bytes::from_static(b"event: end\ndata: {}\n\n")).await;
            }
        }
    }

    /// Nothing is appended to the log of a job that ended, so nobody may wait for it.
    async fn close_if_ended(&self, job: JobId) -> Result<(), Ended> {
        match self.shared.store.get(job).await {
            Ok(Some(job)) if !job.status.is_final() => Ok(()),
            Ok(_) => {
                let logs = self.shared.files.logs.clone();
                match tokio::task::spawn_blocking(move || logs.close(job)).await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(Ended::Failed(chain(&error))),
                    Err(error) => Err(Ended::Failed(error.to_string())),
                }
            }
            Err(error) => Err(Ended::Failed(chain(&error))),
        }
    }
}

/// Sends the next records. `false` at the end of what is there.
async fn send_what_is_there(
    tail: &mut LogTail,
    wanted: Wanted,
    form: Form,
    sender: &Pieces,
) -> Result<bool, Ended> {
    // A read is a few hundred kilobytes from the page cache; it is done in place.
    let records = tail.read().map_err(|error| Ended::Failed(chain(&error)))?;
    if records.is_empty() {
        return Ok(false);
    }
    let mut piece = Vec::new();
    for record in records.iter().filter(|record| wanted.wants(record)) {
        write(&mut piece, record, form);
    }
    if !piece.is_empty() {
        send(sender, Bytes::from(piece)).await?;
    }
    Ok(true)
}

fn write(piece: &mut Vec<u8>, record: &LogRecord, form: Form) {
    let line = serde_json::to_string(record).expect("a log record has only text keys");
    let text = match form {
        Form::Lines => format!("{line}\n"),
        Form::Events => format!("id: {}\ndata: {line}\n\n", record.seq),
    };
    piece.extend_from_slice(text.as_bytes());
}

async fn send(sender: &Pieces, piece: Bytes) -> Result<(), Ended> {
    sender.send(Ok(piece)).await.map_err(|_| Ended::Left)
}
