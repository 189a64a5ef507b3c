//! `POST /v1/cattle/logs`: records of the task's output, one JSON object a line.

use std::time::Duration;

use axum::{Extension, body::Body, extract::State, http::HeaderMap, response::Response};
use clawlets_model::{
    Scrubber,
    cause::chain,
    document,
    guest::{LogGap, LogRecord},
    limits,
};

use super::{answer::Refusal, peer::Peer, state::Guests};
use crate::{http::read_body, job_files::Append};

/// How long a batch may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn append(
    State(guests): State<Guests>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let body = read_body(body, limits::LOG_BATCH, PATIENCE).await?;
    let guest = guests.guest(&peer, &headers).await?;
    let scrubber = guests.scrubber(&guest.job).await?;
    let records = read_records(&body, &scrubber).map_err(Refusal::Malformed)?;
    let (logs, job) = (guests.shared.files.logs.clone(), guest.job.id);
    metrics::counter!("clf_log_records_total").increment(records.len() as u64);
    let appended = tokio::task::spawn_blocking(move || logs.append(job, &records)).await;
    match appended {
        Ok(Ok(Append::Done(_))) => guests.orders(&guest.job).await,
        Ok(Ok(Append::Gap { expected })) => Err(Refusal::Gap(LogGap { expected })),
        Ok(Err(error)) => {
            tracing::error!(job_id = %job, error = %chain(&error), "log records cannot be kept");
            Err(Refusal::Later)
        }
        Err(_) => Err(Refusal::Later),
    }
}

fn read_records(body: &[u8], scrubber: &Scrubber) -> Result<Vec<LogRecord>, String> {
    let lines = body.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    let mut records = Vec::new();
    for (at, line) in lines {
        let mut record: LogRecord =
            document::from_json(line).map_err(|error| format!("record {at}: {}", error.message))?;
        if record.data.len() > limits::LOG_RECORD {
            return Err(format!("record {at} is longer than {} bytes", limits::LOG_RECORD));
        }
        record.data = scrubber.scrub(&record.data);
        records.push(record);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clawlets_model::Secret;
    use proptest::prelude::*;

    #[test]
    fn records_are_scrubbed_on_receipt() {
        let body = br#"{"seq":0,"t":"2026-01-01T00:00:00Z","stream":"stdout","data":"key=sk-verysecret"}
{"seq":1,"t":"2026-01-01T00:00:00Z","stream":"stderr","data":"fine"}
"#;
        let records = read_records(body, &Scrubber::new([&Secret::from("sk-verysecret")])).unwrap();
        assert_eq!(records[0].data, "key=<redacted>");
        assert_eq!(records.len(), 2);
    }

    #[test]
    fn what_is_no_record_is_refused_with_its_number() {
        let long = format!(
            r#"{{"seq":0,"t":"2026-01-01T00:00:00Z","stream":"stdout","data":"{}"}}"#,
            "x".repeat(20_000)
        );
        for (body, expected) in [
            ("nonsense", "record 0"),
            (long.as_str(), "record 0 is longer"),
            (r#"{"seq":0}"#, "missing field"),
        ] {
            let fault = read_records(body.as_bytes(), &Scrubber::default()).unwrap_err();
            assert!(fault.contains(expected), "{fault}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_records(&body, &Scrubber::default());
        }
    }
}
