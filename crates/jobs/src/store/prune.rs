//! Forgetting.

use std::time::Duration;

use clawlets_model::JobId;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{error::StoreError, job_row, ledger};

/// How long an idempotency key is kept once its job is forgotten: 30 days.
pub const KEYS_OUTLIVE_JOBS: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How many jobs are forgotten at a time, so that others who write do not wait for long.
const BATCH: usize = 250;

pub(super) fn prune(tx: &Connection, keep: Duration, now: Timestamp) -> Result<Vec<JobId>, StoreError> {
    let before = now.saturating_sub(keep).unwrap_or(Timestamp::MIN).as_millisecond();
    let forget_key_at = now.saturating_add(KEYS_OUTLIVE_JOBS).unwrap_or(Timestamp::MAX).as_millisecond();
    let sql = "SELECT id, requester, idempotency_key FROM jobs
        WHERE phase = 'gone' AND ended_at < ?1 ORDER BY ended_at LIMIT ?2";
    let mut statement = tx.prepare_cached(sql)?;
    let mut rows = statement.query(params![before, BATCH])?;
    let mut jobs: Vec<(String, String, Option<String>)> = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push((row.get(0)?, row.get(1)?, row.get(2)?));
    }
    let mut delete = tx.prepare_cached("DELETE FROM jobs WHERE id = ?1")?;
    let mut keep_key =
        tx.prepare_cached("UPDATE idempotency_keys SET expires_at = ?1 WHERE requester = ?2 AND key = ?3")?;
    let mut forgotten = Vec::with_capacity(jobs.len());
    for (id, requester, key) in jobs {
        delete.execute([&id])?;
        if let Some(key) = key {
            keep_key.execute(params![forget_key_at, requester, key])?;
        }
        forgotten.push(job_row::job_id(&id)?);
    }
    tx.prepare_cached("DELETE FROM idempotency_keys WHERE expires_at <= ?1")?
        .execute([now.as_millisecond()])?;
    ledger::prune(tx, now)?;
    Ok(forgotten)
}
