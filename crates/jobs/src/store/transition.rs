//! Changing a job: the pure step, written down.

use clawlets_model::JobId;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    credentials,
    error::{ApplyError, StoreError},
    job_row, ledger, query,
};
use crate::state::{Event, Fence, Happened, HistoryLine, Job, Refused, step};

/// How many lines of history a job keeps. One more tells that others were dropped; those about its end are kept always.
pub const MAX_EVENTS: u64 = 1_000;
/// The longest detail of a line of history, in bytes.
const DETAIL: usize = 2 * 1024;

pub(super) fn apply(
    tx: &Connection,
    id: JobId,
    fence: Fence,
    event: &Event,
    now: Timestamp,
) -> Result<Job, ApplyError> {
    let job = query::get(tx, id)?.ok_or(ApplyError::Unknown(id))?;
    Ok(change(tx, &job, fence, event, now)??)
}

/// Steps and writes. A refusal writes nothing.
pub(super) fn change(
    tx: &Connection,
    job: &Job,
    fence: Fence,
    event: &Event,
    now: Timestamp,
) -> Result<Result<Job, Refused>, StoreError> {
    let next = match step(job, fence, event, now) {
        Ok(next) => next,
        Err(refused) => return Ok(Err(refused)),
    };
    let after = if next.job == *job { next.job } else { job_row::update(tx, next.job)? };
    ledger::follow(tx, job, &after, event, now)?;
    remember(tx, job.id, &next.history, now)?;
    if let Some(change) = next.credentials {
        credentials::change(tx, job.id, change)?;
    }
    if let Some(result) = next.result {
        let body = serde_json::to_string(&result).expect("a result has only text keys");
        let sql = "INSERT INTO results (job, body) VALUES (?1, ?2)";
        tx.prepare_cached(sql)?.execute(params![job.id.to_string(), body])?;
    }
    Ok(Ok(after))
}

/// Adds lines to a job's history.
pub(super) fn remember(
    tx: &Connection,
    job: JobId,
    lines: &[HistoryLine],
    now: Timestamp,
) -> Result<(), StoreError> {
    if lines.is_empty() {
        return Ok(());
    }
    let (job, now) = (job.to_string(), now.as_millisecond());
    let last = "SELECT coalesce(max(seq), -1) + 1 FROM events WHERE job = ?1";
    let mut seq: u64 = tx.prepare_cached(last)?.query_row([&job], |row| row.get(0))?;
    let mut insert =
        tx.prepare_cached("INSERT INTO events (job, seq, t, event, detail) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for line in lines {
        if seq == MAX_EVENTS {
            insert.execute(params![job, seq, now, Happened::Truncated.as_str(), None::<&str>])?;
            seq += 1;
        }
        if seq < MAX_EVENTS || is_kept_always(line.what) {
            let detail = line.detail.as_deref().map(|text| &text[..text.floor_char_boundary(DETAIL)]);
            insert.execute(params![job, seq, now, line.what.as_str(), detail])?;
            seq += 1;
        }
    }
    Ok(())
}

/// Lines of which a job has few, and without which its history would have no end.
const fn is_kept_always(what: Happened) -> bool {
    match what {
        Happened::Ended | Happened::Deleting | Happened::Gone => true,
        Happened::Enqueued
        | Happened::Claimed
        | Happened::TakenOver
        | Happened::Released
        | Happened::Reserved
        | Happened::Waiting
        | Happened::Creating
        | Happened::Created
        | Happened::PoweredOn
        | Happened::Redeemed
        | Happened::Started
        | Happened::Reporting
        | Happened::CancelRequested
        | Happened::Extended
        | Happened::Retry
        | Happened::Incident
        | Happened::Provider
        | Happened::Adopted
        | Happened::GithubToken
        | Happened::Truncated => false,
    }
}
