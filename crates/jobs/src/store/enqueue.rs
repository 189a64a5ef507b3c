//! Accepting jobs, each once.

use clawlets_model::{JobId, JobKind, Phase, Requester, Status, socket::WhenFull};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde_json::{Value, json};

use super::{error::EnqueueError, job_row, ledger, query, reserve, transition};
use crate::state::{About, ContentHash, Happened, HistoryLine, Job, MaxAttempts, Priority, Room, Vm};

/// A job to be accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its id, new.
    pub id: JobId,
    /// On whose behalf.
    pub requester: Requester,
    /// The same key with the same content gives the same job. 1 to 200 characters; the caller checks that.
    pub idempotency_key: Option<String>,
    /// What to do.
    pub kind: JobKind,
    /// The request's payload. It is part of the content that a key stands for.
    pub payload: Value,
    /// What the payload refers to, as it was when the job was enqueued; not part of the content.
    pub snapshot: Option<Vec<u8>>,
    /// What people recognise it by; not part of the content.
    pub about: About,
    /// Not before this time; at once when it is not given.
    pub run_at: Option<Timestamp>,
    /// Which of the jobs that are due goes first.
    pub priority: Priority,
    /// How many tries it gets.
    pub max_attempts: MaxAttempts,
    /// What to do when the caps leave no room.
    pub when_full: WhenFull,
}

/// What a job was enqueued with.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// The request's payload.
    pub body: Value,
    /// See [`NewJob::snapshot`].
    pub snapshot: Option<Vec<u8>>,
}

/// Limits that are checked in the transaction that accepts a job. By default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admission {
    /// How many jobs of one requester may wait in the queue.
    pub max_queued_per_requester: Option<u64>,
    /// How many jobs of all requesters may wait in the queue.
    pub max_queued: Option<u64>,
    /// Refuses a spawn that is due and that is not to wait when this room is taken: by VMs, and by spawns that are due
    /// and were accepted before. A spawn that its charge's budget does not suffice for is refused in any case.
    pub room: Option<Room>,
}

/// A job that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enqueued {
    /// Its id. It may be one that is forgotten by now, if its key is still kept.
    pub job: JobId,
    /// Whether it was accepted before.
    pub deduped: bool,
}

/// The fingerprint of everything that the requester chose.
fn content(new: &NewJob) -> ContentHash {
    let content = json!({
        "kind": new.kind,
        "payload": new.payload,
        "runAt": new.run_at.map(Timestamp::as_millisecond),
        "priority": new.priority.get(),
        "maxAttempts": new.max_attempts.get(),
        "whenFull": new.when_full,
    });
    ContentHash::of(canonical(&content).to_string().as_bytes())
}

/// The same value with the keys of all objects in order.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            Value::Object(entries.into_iter().map(|(key, value)| (key.clone(), canonical(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

pub(super) fn enqueue(
    tx: &Connection,
    new: &NewJob,
    admission: &Admission,
    now: Timestamp,
) -> Result<Enqueued, EnqueueError> {
    if let Some(known) = recall(tx, new)? {
        return Ok(known);
    }
    if let Some(key) = &new.idempotency_key {
        let sql = "INSERT INTO idempotency_keys (requester, key, content, job) VALUES (?1, ?2, ?3, ?4)";
        tx.prepare_cached(sql)?.execute(params![
            new.requester.as_str(),
            key,
            content(new).bytes(),
            new.id.to_string()
        ])?;
    }
    admit(tx, new, admission, now)?;
    let job = job_of(new, now);
    job_row::insert(tx, &job, new.idempotency_key.as_deref())?;
    let sql = "INSERT INTO payloads (job, body, snapshot) VALUES (?1, ?2, ?3)";
    tx.prepare_cached(sql)?.execute(params![job.id.to_string(), new.payload.to_string(), new.snapshot])?;
    transition::remember(tx, job.id, &[HistoryLine { what: Happened::Enqueued, detail: None }], now)?;
    Ok(Enqueued { job: job.id, deduped: false })
}

/// The job that was accepted for the same idempotency key before.
pub(super) fn recall(db: &Connection, new: &NewJob) -> Result<Option<Enqueued>, EnqueueError> {
    let Some(key) = &new.idempotency_key else { return Ok(None) };
    match known_key(db, &new.requester, key)? {
        Some((job, known)) if known == *content(new).bytes() => Ok(Some(Enqueued { job, deduped: true })),
        Some((job, _)) => Err(EnqueueError::Conflict { job }),
        None => Ok(None),
    }
}

fn known_key(
    tx: &Connection,
    requester: &Requester,
    key: &str,
) -> Result<Option<(JobId, [u8; 32])>, EnqueueError> {
    let sql = "SELECT job, content FROM idempotency_keys WHERE requester = ?1 AND key = ?2";
    let row = tx
        .prepare_cached(sql)?
        .query_row(params![requester.as_str(), key], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))
        .optional()?;
    match row {
        Some((job, content)) => Ok(Some((job_row::job_id(&job)?, content))),
        None => Ok(None),
    }
}

fn admit(tx: &Connection, new: &NewJob, admission: &Admission, now: Timestamp) -> Result<(), EnqueueError> {
    let limits = [(Some(&new.requester), admission.max_queued_per_requester), (None, admission.max_queued)];
    for (requester, limit) in limits {
        let Some(limit) = limit else { continue };
        let waiting = query::queued(tx, requester)?;
        if waiting >= limit {
            return Err(EnqueueError::QueueFull { requester: requester.cloned(), waiting, limit });
        }
    }
    if let (JobKind::CattleSpawn, Some(room)) = (new.kind, &admission.room) {
        // Nobody waits for another month, so this holds for those that wait for a place as well.
        ledger::admit(tx, &new.requester, room.charge.as_ref(), now)?.map_err(EnqueueError::NoRoom)?;
    }
    let at_once = new.run_at.is_none_or(|run_at| run_at <= now);
    match (&admission.room, new.kind, new.when_full) {
        (Some(room), JobKind::CattleSpawn, WhenFull::Refuse) if at_once => {
            let total = reserve::committed(tx, None, room.caps.max_instances, now)?;
            let own = match room.caps.max_active.get(&new.requester) {
                Some(limit) => reserve::committed(tx, Some(&new.requester), *limit, now)?,
                None => 0,
            };
            room.admit(&new.requester, own, total).map_err(EnqueueError::NoRoom)
        }
        (Some(_), JobKind::CattleSpawn | JobKind::CattleReap, WhenFull::Refuse | WhenFull::Queue)
        | (None, _, _) => Ok(()),
    }
}

fn job_of(new: &NewJob, now: Timestamp) -> Job {
    Job {
        id: new.id,
        requester: new.requester.clone(),
        kind: new.kind,
        about: new.about.clone(),
        priority: new.priority,
        max_attempts: new.max_attempts,
        when_full: new.when_full,
        status: Status::Queued,
        phase: Phase::Queued,
        reason: None,
        message: None,
        exit_code: None,
        result: None,
        attempt: 0,
        failures: 0,
        takeovers: 0,
        lease_epoch: 0,
        lease: None,
        vm: Vm::NONE,
        cancel_requested: false,
        created_at: now,
        run_at: new.run_at.unwrap_or(now),
        started_at: None,
        ended_at: None,
        expires_at: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_does_not_depend_on_the_order_of_keys() {
        let parse = |text: &str| canonical(&serde_json::from_str(text).unwrap()).to_string();
        assert_eq!(parse(r#"{"b":[{"y":1,"x":2}],"a":null}"#), parse(r#"{ "a":null, "b":[{"x":2,"y":1}] }"#));
        assert_ne!(parse(r#"{"a":[1,2]}"#), parse(r#"{"a":[2,1]}"#));
    }
}
