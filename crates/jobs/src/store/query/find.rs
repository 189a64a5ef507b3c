//! What a person means by an id, a name, or the beginning of one.

use clawlets_model::{JobId, Requester};
use rusqlite::{Connection, params};

use crate::{
    state::Job,
    store::{
        error::StoreError,
        job_row::{self, COLUMNS},
    },
};

/// How many candidates an ambiguous reference is answered with at most.
const CANDIDATES: usize = 10;

/// Among whose jobs to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Everybody's.
    All,
    /// One requester's.
    Of(Requester),
}

/// What a reference means.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// This job.
    One(Box<Job>),
    /// Several jobs; ten of them at most are named.
    Several(Vec<JobId>),
    /// Nothing.
    Nothing,
}

pub(in crate::store) fn find(db: &Connection, scope: &Scope, text: &str) -> Result<Found, StoreError> {
    if text.is_empty() {
        return Ok(Found::Nothing);
    }
    let upper = text.to_ascii_uppercase();
    let places = [("id", upper.as_str()), ("server_id", text), ("server_name", text)];
    for comparison in [Comparison::Whole, Comparison::Prefix] {
        let mut found = Vec::new();
        for (column, text) in places {
            for job in find_in(db, scope, column, comparison, text)? {
                if !found.iter().any(|known: &Job| known.id == job.id) {
                    found.push(job);
                }
            }
        }
        match found.len() {
            0 => {}
            1 => return Ok(found.pop().map_or(Found::Nothing, |job| Found::One(Box::new(job)))),
            _ => return Ok(Found::Several(found.iter().take(CANDIDATES).map(|job| job.id).collect())),
        }
    }
    Ok(Found::Nothing)
}

/// How a column is compared with a reference.
#[derive(Clone, Copy)]
enum Comparison {
    Whole,
    Prefix,
}

fn find_in(
    db: &Connection,
    scope: &Scope,
    column: &str,
    comparison: Comparison,
    text: &str,
) -> Result<Vec<Job>, StoreError> {
    let condition = match comparison {
        Comparison::Whole => format!("{column} = ?1 AND ?2 = ?2"),
        // Ids and names are ASCII, so that this bound is above every text that begins so.
        Comparison::Prefix => format!("{column} >= ?1 AND {column} < ?2"),
    };
    let (whose, requester) = match scope {
        Scope::All => ("?3 = ?3", ""),
        // The plus keeps SQLite from reading all jobs of the requester instead.
        Scope::Of(requester) => ("+requester = ?3", requester.as_str()),
    };
    let sql = format!("SELECT {COLUMNS} FROM jobs WHERE {condition} AND {whose} LIMIT {CANDIDATES}");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![text, format!("{text}\u{7f}"), requester])?;
    let mut jobs = Vec::new();
    while let Some(row) = rows.next()? {
        jobs.push(job_row::read(row)?.job);
    }
    Ok(jobs)
}
