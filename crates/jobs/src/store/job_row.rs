//! A job as a row: the one place that knows both.

use clawlets_model::{
    JobId, JobKind, ModelName, PersonaName, Phase, Reason, Requester, Status, socket::WhenFull,
};
use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};

use super::error::StoreError;
use crate::state::{About, Job, Lease, MaxAttempts, Priority, ResultHash, Vm, WorkerId};

/// The columns that [`read`] takes, in its order.
pub(super) const COLUMNS: &str = "n, id, requester, kind, persona, task_id, model, priority, max_attempts, when_full, \
     status, phase, reason, message, exit_code, result, attempt, failures, takeovers, lease_epoch, lease_worker, \
     lease_expires_at, vm, server_id, server_name, redeemed, cancel_requested, created_at, run_at, started_at, \
     ended_at, expires_at";

/// A job and its place in the order of enqueueing.
pub(super) struct Stored {
    pub(super) n: i64,
    pub(super) job: Job,
}

/// Reads a row of [`COLUMNS`].
pub(super) fn read(row: &Row<'_>) -> Result<Stored, StoreError> {
    let lease = match (row.get::<_, Option<String>>(20)?, row.get::<_, Option<i64>>(21)?) {
        (Some(worker), Some(expires_at)) => {
            let worker = valid("worker", &worker, |text| WorkerId::parse(text).ok())?;
            Some(Lease { worker, expires_at: time(expires_at)? })
        }
        (Some(_) | None, _) => None,
    };
    let vm = Vm {
        state: word(row, 22, "vm state")?,
        server_id: optional(row, 23, "server id", |text| text.parse().ok())?,
        server_name: row.get(24)?,
        redeemed: row.get(25)?,
    };
    let about = About {
        persona: optional(row, 4, "persona", |text| PersonaName::parse(text).ok())?,
        task_id: row.get(5)?,
        model: optional(row, 6, "model", |text| ModelName::parse(text).ok())?,
    };
    let (priority, max_attempts): (i32, u32) = (row.get(7)?, row.get(8)?);
    let job = Job {
        id: job_id(&row.get::<_, String>(1)?)?,
        requester: valid("requester", &row.get::<_, String>(2)?, |text| Requester::parse(text).ok())?,
        kind: word::<JobKind>(row, 3, "kind")?,
        about,
        priority: Priority::new(priority)
            .map_err(|_| StoreError::malformed("priority", &priority.to_string()))?,
        max_attempts: MaxAttempts::new(max_attempts)
            .map_err(|_| StoreError::malformed("number of attempts", &max_attempts.to_string()))?,
        when_full: valid("rule for a full house", &row.get::<_, String>(9)?, when_full)?,
        status: word::<Status>(row, 10, "status")?,
        phase: word::<Phase>(row, 11, "phase")?,
        reason: optional(row, 12, "reason", |text| text.parse::<Reason>().ok())?,
        message: row.get(13)?,
        exit_code: row.get(14)?,
        result: row.get::<_, Option<[u8; 32]>>(15)?.map(ResultHash::new),
        attempt: row.get(16)?,
        failures: row.get(17)?,
        takeovers: row.get(18)?,
        lease_epoch: row.get(19)?,
        lease,
        vm,
        cancel_requested: row.get(26)?,
        created_at: time(row.get(27)?)?,
        run_at: time(row.get(28)?)?,
        started_at: row.get::<_, Option<i64>>(29)?.map(time).transpose()?,
        ended_at: row.get::<_, Option<i64>>(30)?.map(time).transpose()?,
        expires_at: row.get::<_, Option<i64>>(31)?.map(time).transpose()?,
    };
    Ok(Stored { n: row.get(0)?, job })
}

/// Writes a new job.
pub(super) fn insert(tx: &Connection, job: &Job, idempotency_key: Option<&str>) -> Result<(), StoreError> {
    let sql = "INSERT INTO jobs (id, requester, idempotency_key, kind, persona, task_id, model, priority,
            max_attempts, when_full, status, phase, attempt, failures, takeovers, lease_epoch, vm, redeemed,
            cancel_requested, created_at, run_at, in_hand, slot)
        VALUES (:id, :requester, :key, :kind, :persona, :task_id, :model, :priority,
            :max_attempts, :when_full, :status, :phase, 0, 0, 0, 0, :vm, 0, 0, :created_at, :run_at, 0, 0)";
    tx.prepare_cached(sql)?.execute(named_params! {
        ":id": job.id.to_string(),
        ":requester": job.requester.as_str(),
        ":key": idempotency_key,
        ":kind": job.kind.as_str(),
        ":persona": job.about.persona.as_ref().map(PersonaName::as_str),
        ":task_id": job.about.task_id,
        ":model": job.about.model.as_ref().map(ModelName::as_str),
        ":priority": job.priority.get(),
        ":max_attempts": job.max_attempts.get(),
        ":when_full": when_full_word(job.when_full),
        ":status": job.status.as_str(),
        ":phase": job.phase.as_str(),
        ":vm": job.vm.state.as_str(),
        ":created_at": job.created_at.as_millisecond(),
        ":run_at": job.run_at.as_millisecond(),
    })?;
    Ok(())
}

/// Writes what may change of a job, and gives the job as it will be read again.
pub(super) fn update(tx: &Connection, mut job: Job) -> Result<Job, StoreError> {
    round_times(&mut job);
    let sql = "UPDATE jobs SET status = :status, phase = :phase, reason = :reason, message = :message,
            exit_code = :exit_code, result = :result, attempt = :attempt, failures = :failures,
            takeovers = :takeovers, lease_epoch = :lease_epoch, lease_worker = :lease_worker,
            lease_expires_at = :lease_expires_at, vm = :vm, server_id = :server_id, server_name = :server_name,
            redeemed = :redeemed, cancel_requested = :cancel_requested, run_at = :run_at,
            started_at = :started_at, ended_at = :ended_at, expires_at = :expires_at, in_hand = :in_hand,
            slot = :slot
        WHERE id = :id";
    tx.prepare_cached(sql)?.execute(named_params! {
        ":id": job.id.to_string(),
        ":status": job.status.as_str(),
        ":phase": job.phase.as_str(),
        ":reason": job.reason.map(Reason::as_str),
        ":message": job.message,
        ":exit_code": job.exit_code,
        ":result": job.result.as_ref().map(ResultHash::bytes),
        ":attempt": job.attempt,
        ":failures": job.failures,
        ":takeovers": job.takeovers,
        ":lease_epoch": job.lease_epoch,
        ":lease_worker": job.lease.as_ref().map(|lease| lease.worker.as_str()),
        ":lease_expires_at": job.lease.as_ref().map(|lease| lease.expires_at.as_millisecond()),
        ":vm": job.vm.state.as_str(),
        ":server_id": job.vm.server_id.map(|id| id.to_string()),
        ":server_name": job.vm.server_name,
        ":redeemed": job.vm.redeemed,
        ":cancel_requested": job.cancel_requested,
        ":run_at": job.run_at.as_millisecond(),
        ":started_at": job.started_at.map(Timestamp::as_millisecond),
        ":ended_at": job.ended_at.map(Timestamp::as_millisecond),
        ":expires_at": job.expires_at.map(Timestamp::as_millisecond),
        ":in_hand": job.is_in_hand(),
        ":slot": job.holds_slot(),
    })?;
    Ok(job)
}

/// Whole milliseconds, as the store keeps them.
fn round_times(job: &mut Job) {
    let times = [&mut job.started_at, &mut job.ended_at, &mut job.expires_at];
    let lease = job.lease.as_mut().map(|lease| &mut lease.expires_at);
    for at in times.into_iter().flatten().chain(lease).chain([&mut job.run_at]) {
        *at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(*at);
    }
}

/// A column that holds a job's id.
pub(super) fn job_id(text: &str) -> Result<JobId, StoreError> {
    valid("job id", text, |text| JobId::parse(text).ok())
}

/// A column that holds a time.
pub(super) fn time(millis: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(millis).map_err(|_| StoreError::malformed("time", &millis.to_string()))
}

fn word<T: std::str::FromStr>(row: &Row<'_>, column: usize, what: &'static str) -> Result<T, StoreError> {
    valid(what, &row.get::<_, String>(column)?, |text| text.parse().ok())
}

fn optional<T>(
    row: &Row<'_>,
    column: usize,
    what: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    row.get::<_, Option<String>>(column)?.map(|text| valid(what, &text, read)).transpose()
}

fn valid<T>(what: &'static str, text: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, StoreError> {
    read(text).ok_or_else(|| StoreError::malformed(what, text))
}

fn when_full(text: &str) -> Option<WhenFull> {
    [WhenFull::Refuse, WhenFull::Queue].into_iter().find(|rule| when_full_word(*rule) == text)
}

const fn when_full_word(rule: WhenFull) -> &'static str {
    match rule {
        WhenFull::Refuse => "refuse",
        WhenFull::Queue => "queue",
    }
}
