//! How many jobs there are.

use clawlets_model::{Requester, Status};
use rusqlite::Connection;

use crate::store::error::StoreError;

/// How many jobs there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Jobs that wait for a worker, for their time, or for room.
    pub queued: u64,
    /// Those of them that wait in line for room.
    pub waiting: u64,
    /// Jobs that a worker holds.
    pub running: u64,
    /// Jobs that ended well and are not forgotten yet.
    pub done: u64,
    /// Jobs that ended badly and are not forgotten yet.
    pub failed: u64,
    /// Jobs that were canceled and are not forgotten yet.
    pub canceled: u64,
    /// Places that are taken under the caps: VMs that may exist, and those about to be made.
    pub slots: u64,
}

pub(in crate::store) fn counts(db: &Connection) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    let mut statement =
        db.prepare_cached("SELECT status, sum(jobs), sum(slots) FROM tallies GROUP BY status")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let word: String = row.get(0)?;
        let status: Status = word.parse().map_err(|_| StoreError::malformed("status", &word))?;
        let jobs = row.get(1)?;
        match status {
            Status::Queued => counts.queued = jobs,
            Status::Running => counts.running = jobs,
            Status::Done => counts.done = jobs,
            Status::Failed => counts.failed = jobs,
            Status::Canceled => counts.canceled = jobs,
        }
        counts.slots += row.get::<_, u64>(2)?;
    }
    let waiting =
        "SELECT count(*) FROM jobs INDEXED BY jobs_waiting WHERE status = 'queued' AND phase = 'reserving'";
    counts.waiting = db.prepare_cached(waiting)?.query_row([], |row| row.get(0))?;
    Ok(counts)
}

/// How many jobs are queued, of one requester or of all.
pub(in crate::store) fn queued(db: &Connection, requester: Option<&Requester>) -> Result<u64, StoreError> {
    let count = match requester {
        Some(requester) => {
            let sql = "SELECT coalesce(sum(jobs), 0) FROM tallies WHERE status = 'queued' AND requester = ?1";
            db.prepare_cached(sql)?.query_row([requester.as_str()], |row| row.get(0))?
        }
        None => {
            let sql = "SELECT coalesce(sum(jobs), 0) FROM tallies WHERE status = 'queued'";
            db.prepare_cached(sql)?.query_row([], |row| row.get(0))?
        }
    };
    Ok(count)
}
