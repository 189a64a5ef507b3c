//! One job, and what it carries.

use clawlets_model::{JobId, guest::TaskResult, socket::JobEvent};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    state::Job,
    store::{
        enqueue::Payload,
        error::StoreError,
        job_row::{self, COLUMNS},
    },
};

pub(in crate::store) fn get(db: &Connection, id: JobId) -> Result<Option<Job>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([id.to_string()])?;
    Ok(rows.next()?.map(job_row::read).transpose()?.map(|stored| stored.job))
}

pub(in crate::store) fn payload(db: &Connection, id: JobId) -> Result<Option<Payload>, StoreError> {
    let sql = "SELECT body, snapshot FROM payloads WHERE job = ?1";
    let row: Option<(String, Option<Vec<u8>>)> = db
        .prepare_cached(sql)?
        .query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((body, snapshot)) = row else { return Ok(None) };
    let body = serde_json::from_str(&body).map_err(|_| StoreError::malformed("payload", &body))?;
    Ok(Some(Payload { body, snapshot }))
}

pub(in crate::store) fn result(db: &Connection, id: JobId) -> Result<Option<TaskResult>, StoreError> {
    let sql = "SELECT body FROM results WHERE job = ?1";
    let body: Option<String> =
        db.prepare_cached(sql)?.query_row([id.to_string()], |row| row.get(0)).optional()?;
    let read = |body: String| serde_json::from_str(&body).map_err(|_| StoreError::malformed("result", &body));
    body.map(read).transpose()
}

pub(in crate::store) fn events(db: &Connection, id: JobId, from: u64) -> Result<Vec<JobEvent>, StoreError> {
    let sql = "SELECT seq, t, event, detail FROM events WHERE job = ?1 AND seq >= ?2 ORDER BY seq";
    let mut statement = db.prepare_cached(sql)?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![id.to_string(), from])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let t = job_row::time(row.get(1)?)?;
        events.push(JobEvent { seq: row.get(0)?, t, event: row.get(2)?, detail: row.get(3)? });
    }
    Ok(events)
}
