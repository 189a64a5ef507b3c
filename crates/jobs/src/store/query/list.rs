//! Listings.

use std::fmt;

use clawlets_model::{JobKind, Requester, Status};
use rusqlite::{Connection, params_from_iter, types::Value as Sql};

use crate::{
    state::Job,
    store::{
        error::StoreError,
        job_row::{self, COLUMNS},
    },
};

/// The most jobs that one page holds.
pub const MAX_PAGE: u32 = 500;
/// Which jobs to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those on behalf of this requester.
    pub requester: Option<Requester>,
    /// Only those that stand so.
    pub status: Option<Status>,
    /// Only those of this kind.
    pub kind: Option<JobKind>,
    /// How many, at most [`MAX_PAGE`]; 50 when it is not given.
    pub limit: Option<u32>,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
}

/// Where a page ended. As text it is opaque.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(i64);

/// A cursor that no page ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is malformed")]
pub struct MalformedCursor;

impl Cursor {
    /// Reads a cursor.
    ///
    /// # Errors
    /// [`MalformedCursor`] when no page can have ended with it.
    pub fn parse(text: &str) -> Result<Self, MalformedCursor> {
        let digits = text.strip_prefix('j').filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).map(Self).ok_or(MalformedCursor)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "j{}", self.0)
    }
}

/// One page of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The jobs, newest first.
    pub jobs: Vec<Job>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

pub(in crate::store) fn list(db: &Connection, filter: &Filter) -> Result<Page, StoreError> {
    let limit = filter.limit.unwrap_or(50).min(MAX_PAGE) as usize;
    let mut values = vec![Sql::Integer(filter.cursor.map_or(i64::MAX, |cursor| cursor.0))];
    let mut conditions = "n < ?".to_owned();
    let words = [
        ("requester", filter.requester.as_ref().map(Requester::as_str)),
        ("status", filter.status.map(Status::as_str)),
    ];
    for (column, word) in words {
        if let Some(word) = word {
            conditions.push_str(&format!(" AND {column} = ?"));
            values.push(Sql::Text(word.to_owned()));
        }
    }
    if let Some(kind) = filter.kind {
        // As text in the statement, since only so can an index for one kind be used.
        conditions.push_str(&format!(" AND kind = '{kind}'"));
    }
    values.push(Sql::Integer(i64::try_from(limit + 1).unwrap_or(i64::MAX)));
    let sql =
        format!("SELECT {COLUMNS} FROM jobs {} WHERE {conditions} ORDER BY n DESC LIMIT ?", index(filter));
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut page = Page { jobs: Vec::new(), next: None };
    let mut last = None;
    while let Some(row) = rows.next()? {
        if page.jobs.len() == limit {
            page.next = last.map(Cursor);
            break;
        }
        let stored = job_row::read(row)?;
        last = Some(stored.n);
        page.jobs.push(stored.job);
    }
    Ok(page)
}

/// The index in whose order the fewest jobs have to be read.
const fn index(filter: &Filter) -> &'static str {
    match (filter.kind, &filter.requester, filter.status) {
        (Some(JobKind::CattleReap), _, _) => "INDEXED BY jobs_reaping",
        (Some(JobKind::CattleSpawn) | None, Some(_), Some(_)) => "INDEXED BY jobs_by_requester_and_status",
        (Some(JobKind::CattleSpawn) | None, Some(_), None) => "INDEXED BY jobs_by_requester",
        (Some(JobKind::CattleSpawn) | None, None, Some(_)) => "INDEXED BY jobs_by_status",
        (Some(JobKind::CattleSpawn) | None, None, None) => "",
    }
}

pub(in crate::store) fn active_vms(db: &Connection) -> Result<Vec<Job>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE slot = 1 ORDER BY n");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push(job_row::read(row)?.job);
    }
    Ok(jobs)
}
