//! Places under the caps.

use clawlets_model::{JobId, Requester};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    error::{ApplyError, StoreError},
    ledger, query, transition,
};
use crate::state::{Event, Fence, Full, Job, Room};

/// What came of a reservation.
#[derive(Debug, Clone, PartialEq)]
pub enum Reservation {
    /// The place is taken: the VM may be asked for.
    Reserved(Job),
    /// There is no room, and the job waits in line. The lease is given back.
    Waiting(Job, Full),
    /// There is no room, and the job, which was not to wait, ended.
    Refused(Job, Full),
}

pub(super) fn reserve(
    tx: &Connection,
    id: JobId,
    epoch: u64,
    room: &Room,
    now: Timestamp,
) -> Result<Reservation, ApplyError> {
    let job = query::get(tx, id)?.ok_or(ApplyError::Unknown(id))?;
    let fence = Fence::Lease(epoch);
    let admitted = if job.holds_slot() {
        Ok(())
    } else {
        match room.admit(&job.requester, slots(tx, Some(&job.requester))?, slots(tx, None)?) {
            Ok(()) => ledger::admit(tx, &job.requester, room.charge.as_ref(), now)?,
            Err(full) => Err(full),
        }
    };
    match admitted {
        Ok(()) => {
            let held_one = job.holds_slot();
            let job = transition::change(tx, &job, fence, &Event::Reserved, now)??;
            if !held_one {
                ledger::served(tx, &job.requester)?;
                if let Some(charge) = &room.charge {
                    ledger::reserve(tx, &job, charge, now)?;
                }
            }
            Ok(Reservation::Reserved(job))
        }
        Err(full) => {
            let job = transition::change(tx, &job, fence, &Event::NoRoom(full.clone()), now)??;
            Ok(if job.status.is_final() {
                Reservation::Refused(job, full)
            } else {
                Reservation::Waiting(job, full)
            })
        }
    }
}

/// How many places are taken, by one requester or by all.
pub(super) fn slots(db: &Connection, requester: Option<&Requester>) -> Result<u32, StoreError> {
    let taken = match requester {
        Some(requester) => {
            let sql = "SELECT coalesce(sum(slots), 0) FROM tallies WHERE requester = ?1";
            db.prepare_cached(sql)?.query_row([requester.as_str()], |row| row.get(0))?
        }
        None => {
            let sql = "SELECT coalesce(sum(slots), 0) FROM tallies";
            db.prepare_cached(sql)?.query_row([], |row| row.get(0))?
        }
    };
    Ok(taken)
}

/// How many places are taken or promised: to spawns that run without one yet, or are due. Counts the promises no further
/// than to `enough`.
pub(super) fn committed(
    db: &Connection,
    requester: Option<&Requester>,
    enough: u32,
    now: Timestamp,
) -> Result<u32, StoreError> {
    let now = now.as_millisecond();
    let promised: u32 = match requester {
        Some(requester) => {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM jobs
                WHERE requester = ?1 AND status IN ('queued', 'running') AND slot = 0
                  AND kind = 'cattle.spawn' AND run_at <= ?2 LIMIT ?3)";
            let params = params![requester.as_str(), now, enough];
            db.prepare_cached(sql)?.query_row(params, |row| row.get(0))?
        }
        None => {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM jobs
                WHERE status IN ('queued', 'running') AND slot = 0
                  AND kind = 'cattle.spawn' AND run_at <= ?1 LIMIT ?2)";
            db.prepare_cached(sql)?.query_row(params![now, enough], |row| row.get(0))?
        }
    };
    Ok(slots(db, requester)?.saturating_add(promised))
}
