//! Which job a worker looks after next.

use std::{cmp::Reverse, time::Duration};

use clawlets_model::{Requester, Status};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    error::StoreError,
    job_row::{self, COLUMNS},
    ledger, reserve, transition,
};
use crate::state::{Event, Fence, Job, LONGEST_LEASE, Room, WorkerId};

/// When a lease ends that is given now.
pub(super) fn lease_end(lease_for: Duration, now: Timestamp) -> Timestamp {
    now.saturating_add(lease_for.min(LONGEST_LEASE)).unwrap_or(Timestamp::MAX)
}

pub(super) fn claim(
    tx: &Connection,
    worker: &WorkerId,
    lease_for: Duration,
    room: Option<&Room>,
    now: Timestamp,
) -> Result<Option<Job>, StoreError> {
    let event = Event::Claimed { worker: worker.clone(), until: lease_end(lease_for, now) };
    let take = |job: &Job| match transition::change(tx, job, Fence::Open, &event, now)? {
        Ok(job) => Ok(job),
        Err(refused) => Err(StoreError::malformed("claimable job", &format!("{}: {refused}", job.id))),
    };
    while let Some(job) = abandoned(tx, now)? {
        let job = take(&job)?;
        // A job that killed too many workers has just ended instead.
        if job.is_in_hand() {
            return Ok(Some(job));
        }
    }
    match due(tx, room, now)? {
        Some(n) => take(&by_n(tx, n)?).map(Some),
        None => Ok(None),
    }
}

/// When a job becomes one to claim although nothing happens to it: its time comes, or the lease of its worker ends.
pub(super) fn next(db: &Connection, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT lease_expires_at FROM jobs
        WHERE in_hand = 1 AND lease_expires_at > ?1 ORDER BY lease_expires_at LIMIT 1";
    let lease: Option<i64> =
        db.prepare_cached(sql)?.query_row([now.as_millisecond()], |row| row.get(0)).optional()?;
    let mut first = lease;
    for line in [Line::Due, Line::Waiting] {
        let mut bound = i32::MAX;
        while let Some(priority) = line.priority_below(db, bound)? {
            let mut before = String::new();
            while let Some(requester) = line.requester_after(db, priority, &before)? {
                let due = line.due_after(db, priority, &requester, now)?;
                first = [first, due].into_iter().flatten().min();
                before = requester.into();
            }
            bound = priority;
        }
    }
    first.map(job_row::time).transpose()
}

/// Ends every lease.
pub(super) fn expire_leases(tx: &Connection, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE jobs SET lease_expires_at = ?1 WHERE in_hand = 1 AND lease_worker IS NOT NULL";
    let leases = tx.prepare_cached(sql)?.execute([now.as_millisecond()])?;
    Ok(leases.try_into().unwrap_or(u64::MAX))
}

/// The job that has been without a living worker for longest.
fn abandoned(tx: &Connection, now: Timestamp) -> Result<Option<Job>, StoreError> {
    let too_far = lease_end(LONGEST_LEASE, now).as_millisecond();
    let conditions = [
        ("lease_expires_at IS NULL", None),
        ("lease_expires_at <= ?1", Some(now.as_millisecond())),
        ("lease_expires_at > ?1", Some(too_far)),
    ];
    for (condition, limit) in conditions {
        let sql = format!(
            "SELECT {COLUMNS} FROM jobs WHERE in_hand = 1 AND {condition} ORDER BY lease_expires_at LIMIT 1"
        );
        let mut statement = tx.prepare_cached(&sql)?;
        let mut rows = match limit {
            Some(limit) => statement.query([limit])?,
            None => statement.query([])?,
        };
        if let Some(row) = rows.next()? {
            return Ok(Some(job_row::read(row)?.job));
        }
    }
    Ok(None)
}

fn by_n(tx: &Connection, n: i64) -> Result<Job, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE n = ?1");
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query([n])?;
    match rows.next()? {
        Some(row) => Ok(job_row::read(row)?.job),
        None => Err(StoreError::malformed("row", &n.to_string())),
    }
}

/// Where queued jobs stand. Each line has an index by priority, requester, and the time that a job is due.
#[derive(Clone, Copy)]
enum Line {
    /// Those that were not tried yet, or are tried again.
    Due,
    /// Those that wait for room.
    Waiting,
}

impl Line {
    /// The line as a table with its condition. The index is named, since its order is what makes this fast however many
    /// jobs wait.
    const fn jobs(self) -> &'static str {
        match self {
            Self::Due => "jobs INDEXED BY jobs_due WHERE status = 'queued' AND phase = 'queued'",
            Self::Waiting => "jobs INDEXED BY jobs_waiting WHERE status = 'queued' AND phase = 'reserving'",
        }
    }

    /// The highest priority in this line below `bound`.
    fn priority_below(self, tx: &Connection, bound: i32) -> Result<Option<i32>, StoreError> {
        let sql =
            format!("SELECT priority FROM {} AND priority < ?1 ORDER BY priority DESC LIMIT 1", self.jobs());
        Ok(tx.prepare_cached(&sql)?.query_row([bound], |row| row.get(0)).optional()?)
    }

    /// The first requester after `before`, by name, who has jobs of this priority in this line.
    fn requester_after(
        self,
        tx: &Connection,
        priority: i32,
        before: &str,
    ) -> Result<Option<Requester>, StoreError> {
        let sql = format!(
            "SELECT requester FROM {} AND priority = ?1 AND requester > ?2 ORDER BY requester LIMIT 1",
            self.jobs()
        );
        let found: Option<String> =
            tx.prepare_cached(&sql)?.query_row(params![priority, before], |row| row.get(0)).optional()?;
        let parse =
            |name: String| Requester::parse(&name).map_err(|_| StoreError::malformed("requester", &name));
        found.map(parse).transpose()
    }

    /// The job of this requester and priority that has been due for longest: `(run_at, n)`.
    fn oldest(
        self,
        tx: &Connection,
        priority: i32,
        requester: &Requester,
        now: Timestamp,
    ) -> Result<Option<(i64, i64)>, StoreError> {
        let sql = format!(
            "SELECT run_at, n FROM {} AND priority = ?1 AND requester = ?2 AND run_at <= ?3
             ORDER BY run_at, n LIMIT 1",
            self.jobs()
        );
        let params = params![priority, requester.as_str(), now.as_millisecond()];
        Ok(tx.prepare_cached(&sql)?.query_row(params, |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// When the next job of this requester and priority is due that is not due now.
    fn due_after(
        self,
        db: &Connection,
        priority: i32,
        requester: &Requester,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let sql = format!(
            "SELECT run_at FROM {} AND priority = ?1 AND requester = ?2 AND run_at > ?3 ORDER BY run_at LIMIT 1",
            self.jobs()
        );
        let params = params![priority, requester.as_str(), now.as_millisecond()];
        Ok(db.prepare_cached(&sql)?.query_row(params, |row| row.get(0)).optional()?)
    }
}

/// The row of the queued job that goes next. Looks at one job for each line, priority and requester, however many wait.
fn due(tx: &Connection, room: Option<&Room>, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let mut bound = i32::MAX;
    loop {
        let below = [Line::Due.priority_below(tx, bound)?, Line::Waiting.priority_below(tx, bound)?];
        let Some(priority) = below.into_iter().flatten().max() else { return Ok(None) };
        let mut best = None;
        for line in [Line::Waiting, Line::Due] {
            let mut before = String::new();
            while let Some(requester) = line.requester_after(tx, priority, &before)? {
                if fits(tx, line, &requester, room)?
                    && let Some(age) = line.oldest(tx, priority, &requester, now)?
                {
                    let candidate = Reverse(((running(tx, &requester)?, ledger::turn(tx, &requester)?), age));
                    best = best.max(Some(candidate));
                }
                before = requester.into();
            }
        }
        if let Some(Reverse((_, (_, n)))) = best {
            return Ok(Some(n));
        }
        bound = priority;
    }
}

/// Whether a job of this line may be taken: one that waits for room only when there is some.
fn fits(tx: &Connection, line: Line, requester: &Requester, room: Option<&Room>) -> Result<bool, StoreError> {
    match (line, room) {
        (Line::Due, _) => Ok(true),
        (Line::Waiting, None) => Ok(false),
        (Line::Waiting, Some(room)) => {
            let (own, total) = (reserve::slots(tx, Some(requester))?, reserve::slots(tx, None)?);
            Ok(room.admit(requester, own, total).is_ok())
        }
    }
}

/// How many jobs of a requester run.
fn running(tx: &Connection, requester: &Requester) -> Result<u64, StoreError> {
    let sql = "SELECT jobs FROM tallies WHERE requester = ?1 AND status = ?2";
    let params = params![requester.as_str(), Status::Running.as_str()];
    Ok(tx.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?.unwrap_or(0))
}
