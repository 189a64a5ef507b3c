//! Where jobs stand in the line for room.

use std::{cmp::Reverse, collections::BTreeMap};

use clawlets_model::JobId;
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::store::error::StoreError;

/// What the line is ordered by: priority, then the time that a job was due, then the order of enqueueing.
type Place = (Reverse<i32>, i64, i64);

fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok((Reverse(row.get(0)?), row.get(1)?, row.get(2)?))
}

/// The places of those of the jobs that wait. Walks along the line once, however many jobs are asked about.
pub(in crate::store) fn positions(
    db: &Connection,
    jobs: &[JobId],
) -> Result<BTreeMap<JobId, u64>, StoreError> {
    let mut asked: Vec<(Place, JobId)> = Vec::new();
    let sql =
        "SELECT priority, run_at, n FROM jobs WHERE id = ?1 AND status = 'queued' AND phase = 'reserving'";
    let mut find = db.prepare_cached(sql)?;
    for job in jobs {
        let found = find.query_row([job.to_string()], place).optional()?;
        asked.extend(found.map(|place| (place, *job)));
    }
    asked.sort_unstable();
    // For each that was asked about, how many stand between it and the one before.
    let mut between = vec![0_u64; asked.len()];
    if !asked.is_empty() {
        let sql = "SELECT priority, run_at, n FROM jobs INDEXED BY jobs_waiting
            WHERE status = 'queued' AND phase = 'reserving'";
        let mut walk = db.prepare_cached(sql)?;
        let mut rows = walk.query([])?;
        while let Some(row) = rows.next()? {
            let other = place(row)?;
            let behind = asked.partition_point(|(place, _)| *place <= other);
            if let Some(count) = between.get_mut(behind) {
                *count += 1;
            }
        }
    }
    let mut before = 0;
    let numbered = asked.into_iter().zip(between).map(|((_, job), between)| {
        before += between;
        (job, before + 1)
    });
    Ok(numbered.collect())
}
