//! What VMs may cost and did cost.

use std::time::Duration;

use clawlets_model::{JobId, MicroEuros, Requester};
use jiff::{Timestamp, tz::TimeZone};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::StoreError;
use crate::state::{Budget, Charge, Event, Full, Job, Overdraft, Rate};

/// How many months the ledger looks back.
const KEPT_MONTHS: i32 = 13;

/// A calendar month, as `202611`.
fn month(now: Timestamp) -> i32 {
    let date = now.to_zoned(TimeZone::UTC).date();
    i32::from(date.year()) * 100 + i32::from(date.month())
}

/// What is spent or reserved this month, by one requester or by all.
pub(super) fn committed(
    db: &Connection,
    requester: Option<&Requester>,
    now: Timestamp,
) -> Result<MicroEuros, StoreError> {
    let month = month(now);
    let amount: u64 = match requester {
        Some(requester) => {
            let sql = "SELECT coalesce(sum(amount), 0) FROM purses WHERE month = ?1 AND requester = ?2";
            db.prepare_cached(sql)?.query_row(params![month, requester.as_str()], |row| row.get(0))?
        }
        None => {
            let sql = "SELECT coalesce(sum(amount), 0) FROM purses WHERE month = ?1";
            db.prepare_cached(sql)?.query_row([month], |row| row.get(0))?
        }
    };
    Ok(MicroEuros::new(amount))
}

/// Whether there is money for one more VM.
pub(super) fn admit(
    db: &Connection,
    requester: &Requester,
    charge: Option<&Charge>,
    now: Timestamp,
) -> Result<Result<(), Full>, StoreError> {
    let Some(charge) = charge else { return Ok(Ok(())) };
    let (own, total) = (committed(db, Some(requester), now)?, committed(db, None, now)?);
    Ok(charge.admit(requester, own, total))
}

/// Reserves the most that the next VM of a job may cost.
pub(super) fn reserve(tx: &Connection, job: &Job, charge: &Charge, now: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO ledger
            (job, attempt, requester, month, hourly, monthly, seconds, amount, started_at, settled)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, 0)
        ON CONFLICT DO UPDATE SET month = excluded.month, hourly = excluded.hourly, monthly = excluded.monthly,
            seconds = excluded.seconds, amount = excluded.amount, started_at = NULL, settled = 0";
    tx.prepare_cached(sql)?.execute(params![
        job.id.to_string(),
        job.attempt + 1,
        job.requester.as_str(),
        month(now),
        charge.rate.hourly.get(),
        charge.rate.monthly.get(),
        charge.lifetime.as_secs(),
        charge.worst().get(),
    ])?;
    Ok(())
}

/// A VM's line, before it is settled.
struct Open {
    attempt: u32,
    rate: Rate,
    seconds: u64,
    amount: MicroEuros,
    started_at: Option<i64>,
}

fn open(db: &Connection, job: JobId) -> Result<Option<Open>, StoreError> {
    let sql = "SELECT attempt, hourly, monthly, seconds, amount, started_at FROM ledger
        WHERE job = ?1 AND settled = 0 ORDER BY attempt DESC LIMIT 1";
    let read = |row: &rusqlite::Row<'_>| {
        let rate = Rate { hourly: MicroEuros::new(row.get(1)?), monthly: MicroEuros::new(row.get(2)?) };
        let amount = MicroEuros::new(row.get(4)?);
        Ok(Open { attempt: row.get(0)?, rate, seconds: row.get(3)?, amount, started_at: row.get(5)? })
    };
    Ok(db.prepare_cached(sql)?.query_row([job.to_string()], read).optional()?)
}

/// What an event that happened to a job means for its money.
pub(super) fn follow(
    tx: &Connection,
    before: &Job,
    after: &Job,
    event: &Event,
    now: Timestamp,
) -> Result<(), StoreError> {
    let job = after.id.to_string();
    if let Event::CreateIntended { .. } = event {
        let sql = "UPDATE ledger SET started_at = ?1 WHERE job = ?2 AND settled = 0";
        tx.prepare_cached(sql)?.execute(params![now.as_millisecond(), job])?;
    }
    if before.holds_slot() && !after.holds_slot() {
        settle(tx, after, now)?;
    }
    Ok(())
}

/// Puts what a VM did cost in the place of what it might have cost.
fn settle(tx: &Connection, job: &Job, now: Timestamp) -> Result<(), StoreError> {
    let Some(line) = open(tx, job.id)? else { return Ok(()) };
    let spent = match (line.started_at, job.vm.server_id) {
        (Some(started), Some(_)) => line.rate.for_span(span(started, now)),
        // It was never made.
        (None, _) | (Some(_), None) => MicroEuros::default(),
    };
    let sql = "UPDATE ledger SET amount = ?1, settled = 1 WHERE job = ?2 AND attempt = ?3";
    tx.prepare_cached(sql)?.execute(params![spent.get(), job.id.to_string(), line.attempt])?;
    Ok(())
}

/// Replaces the price of the VM that a job has, when it came to be elsewhere than at the dearest place.
pub(super) fn price(tx: &Connection, job: JobId, rate: Rate) -> Result<(), StoreError> {
    let Some(line) = open(tx, job)? else { return Ok(()) };
    let sql = "UPDATE ledger SET hourly = ?1, monthly = ?2, amount = ?3 WHERE job = ?4 AND attempt = ?5";
    let amount = rate.for_span(Duration::from_secs(line.seconds));
    let params = params![rate.hourly.get(), rate.monthly.get(), amount.get(), job.to_string(), line.attempt];
    tx.prepare_cached(sql)?.execute(params)?;
    Ok(())
}

/// Reserves what a VM may cost when it lives until another time.
pub(super) fn extend(
    tx: &Connection,
    job: &Job,
    expires_at: Timestamp,
    budget: &Budget,
    now: Timestamp,
) -> Result<Result<(), Overdraft>, StoreError> {
    let Some(line) = open(tx, job.id)? else { return Ok(Ok(())) };
    let lifetime = span(line.started_at.unwrap_or_else(|| now.as_millisecond()), expires_at);
    let amount = line.rate.for_span(lifetime);
    let (own, total) = (committed(tx, Some(&job.requester), now)?, committed(tx, None, now)?);
    if amount > line.amount
        && let Err(overdraft) = budget.admit(&job.requester, own, total, amount.minus(line.amount))
    {
        return Ok(Err(overdraft));
    }
    let sql = "UPDATE ledger SET seconds = ?1, amount = ?2 WHERE job = ?3 AND attempt = ?4";
    let params = params![lifetime.as_secs(), amount.get(), job.id.to_string(), line.attempt];
    tx.prepare_cached(sql)?.execute(params)?;
    Ok(Ok(()))
}

/// Notes that a requester was given a place.
pub(super) fn served(tx: &Connection, requester: &Requester) -> Result<(), StoreError> {
    let sql = "INSERT INTO turns SELECT ?1, coalesce(max(turn), 0) + 1 FROM turns WHERE true
        ON CONFLICT DO UPDATE SET turn = excluded.turn";
    tx.prepare_cached(sql)?.execute([requester.as_str()])?;
    Ok(())
}

/// When a requester was given a place last; 0 for never.
pub(super) fn turn(db: &Connection, requester: &Requester) -> Result<u64, StoreError> {
    let sql = "SELECT turn FROM turns WHERE requester = ?1";
    Ok(db.prepare_cached(sql)?.query_row([requester.as_str()], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Forgets months that nobody asks for any more.
pub(super) fn prune(tx: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let date = now.to_zoned(TimeZone::UTC).date();
    let months = i32::from(date.year()) * 12 + i32::from(date.month()) - 1 - KEPT_MONTHS;
    let oldest = months.div_euclid(12) * 100 + months.rem_euclid(12) + 1;
    tx.prepare_cached("DELETE FROM ledger WHERE month < ?1 AND settled = 1")?.execute([oldest])?;
    tx.prepare_cached("DELETE FROM purses WHERE month < ?1 AND amount = 0")?.execute([oldest])?;
    Ok(())
}

/// From a time in milliseconds to a later one.
fn span(from: i64, to: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(to.as_millisecond().saturating_sub(from)).unwrap_or(0))
}
