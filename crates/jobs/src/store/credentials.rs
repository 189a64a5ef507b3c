//! One-time tokens and sessions, by their fingerprints.

use std::time::Duration;

use clawlets_model::{
    JobId, Reason,
    limits::{NONCE_REPEAT, SESSION_GRACE},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{error::StoreError, job_row, query, transition};
use crate::state::{
    CredentialChange, Event, Fence, Happened, HistoryLine, Job, NonceHash, SessionHash, TokenHash,
};

/// A VM's attempt to spend its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redemption {
    /// The fingerprint of the token.
    pub token: TokenHash,
    /// The fingerprint of the nonce that the VM drew.
    pub nonce: NonceHash,
    /// The fingerprint of the session token that it is to get: a function of token and nonce, so that a repeated answer
    /// is the same answer.
    pub session: SessionHash,
}

/// What came of a redemption. All but the first two are refused alike; the VM is not told which it was.
#[derive(Debug, Clone, PartialEq)]
pub enum Redeemed {
    /// The token is spent now.
    First(Job),
    /// It was spent a moment ago with the same nonce: the answer was lost, and is given again.
    Repeated(Job),
    /// It was spent before with another nonce, or longer ago. The job, which is this, ended as an incident unless it had
    /// ended already.
    Replayed(Job),
    /// Its time is over, or the job has moved on.
    Expired(Job),
    /// There is no such token.
    Unknown,
}

/// The job and VM that a one-time token was made for.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenOwner {
    /// The job as it stands.
    pub job: Job,
    /// The number of the VM. It may be an earlier one than the job's current VM.
    pub attempt: u32,
}

/// A session of a VM.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The job as it stands.
    pub job: Job,
    /// The number of the VM.
    pub attempt: u32,
    /// When the VM must be off; the session lasts [`SESSION_GRACE`] longer.
    pub deadline: Timestamp,
}

/// What a session token is good for.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionStanding {
    /// Every call.
    Open(Session),
    /// Only to hear again that the result has arrived: the job ended, or is another VM's by now.
    Ended(Session),
    /// Nothing: it is past the deadline and its grace.
    Expired,
    /// Nothing: there is no such session.
    Unknown,
}

/// One row.
struct Credential {
    job: String,
    attempt: u32,
    token_expires_at: i64,
    nonce: Option<[u8; 32]>,
    redeemed_at: Option<i64>,
}

impl Credential {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            job: row.get(0)?,
            attempt: row.get(1)?,
            token_expires_at: row.get(2)?,
            nonce: row.get(3)?,
            redeemed_at: row.get(4)?,
        })
    }

    fn by_token(db: &Connection, token: TokenHash) -> Result<Option<Self>, StoreError> {
        let sql =
            "SELECT job, attempt, token_expires_at, nonce, redeemed_at FROM credentials WHERE token = ?1";
        Ok(db.prepare_cached(sql)?.query_row([token.bytes()], Self::read).optional()?)
    }

    fn by_session(db: &Connection, session: SessionHash) -> Result<Option<Self>, StoreError> {
        let sql =
            "SELECT job, attempt, token_expires_at, nonce, redeemed_at FROM credentials WHERE session = ?1";
        Ok(db.prepare_cached(sql)?.query_row([session.bytes()], Self::read).optional()?)
    }

    fn job(&self, db: &Connection) -> Result<Job, StoreError> {
        let id = job_row::job_id(&self.job)?;
        query::get(db, id)?.ok_or_else(|| StoreError::malformed("job of a credential", &self.job))
    }
}

pub(super) fn token_owner(db: &Connection, token: TokenHash) -> Result<Option<TokenOwner>, StoreError> {
    let Some(credential) = Credential::by_token(db, token)? else { return Ok(None) };
    Ok(Some(TokenOwner { job: credential.job(db)?, attempt: credential.attempt }))
}

pub(super) fn redeem(
    tx: &Connection,
    redemption: &Redemption,
    now: Timestamp,
) -> Result<Redeemed, StoreError> {
    let Some(credential) = Credential::by_token(tx, redemption.token)? else { return Ok(Redeemed::Unknown) };
    let job = credential.job(tx)?;
    let now_ms = now.as_millisecond();
    if let Some(redeemed_at) = credential.redeemed_at {
        let same = credential.nonce.as_ref() == Some(redemption.nonce.bytes());
        let recent = now_ms.saturating_sub(redeemed_at) <= millis_of(NONCE_REPEAT);
        return match (same, recent) {
            (true, true) if job.status.is_final() => Ok(Redeemed::Expired(job)),
            (true, true) => Ok(Redeemed::Repeated(job)),
            (true, false) => incident(tx, job, "its one-time token was used again too late", now),
            (false, _) => incident(tx, job, "its one-time token was used twice", now),
        };
    }
    if now_ms > credential.token_expires_at {
        return Ok(Redeemed::Expired(job));
    }
    let fence = Fence::Guest(credential.attempt);
    match transition::change(tx, &job, fence, &Event::Redeemed, now)? {
        Err(_refused) => Ok(Redeemed::Expired(job)),
        Ok(job) => {
            let sql = "UPDATE credentials SET nonce = ?1, session = ?2, redeemed_at = ?3 WHERE token = ?4";
            tx.prepare_cached(sql)?.execute(params![
                redemption.nonce.bytes(),
                redemption.session.bytes(),
                now_ms,
                redemption.token.bytes()
            ])?;
            Ok(Redeemed::First(job))
        }
    }
}

/// Ends the job, or remembers the incident if it ended already.
fn incident(tx: &Connection, job: Job, what: &str, now: Timestamp) -> Result<Redeemed, StoreError> {
    let end = Event::Ended { reason: Reason::Incident, message: Some(what.to_owned()) };
    match transition::change(tx, &job, Fence::Open, &end, now)? {
        Ok(job) => Ok(Redeemed::Replayed(job)),
        Err(_refused) => {
            let line = HistoryLine { what: Happened::Incident, detail: Some(what.to_owned()) };
            transition::remember(tx, job.id, &[line], now)?;
            Ok(Redeemed::Replayed(job))
        }
    }
}

pub(super) fn session(
    db: &Connection,
    session: SessionHash,
    now: Timestamp,
) -> Result<SessionStanding, StoreError> {
    let Some(credential) = Credential::by_session(db, session)? else { return Ok(SessionStanding::Unknown) };
    let job = credential.job(db)?;
    let is_current = job.attempt == credential.attempt;
    let Some(deadline) = job.expires_at else { return Ok(SessionStanding::Expired) };
    if now.as_millisecond() > deadline.as_millisecond().saturating_add(millis_of(SESSION_GRACE)) {
        return Ok(SessionStanding::Expired);
    }
    let is_over = job.status.is_final() || !is_current;
    let session = Session { job, attempt: credential.attempt, deadline };
    Ok(if is_over { SessionStanding::Ended(session) } else { SessionStanding::Open(session) })
}

/// Writes what a transition does to a job's credentials.
pub(super) fn change(tx: &Connection, job: JobId, change: CredentialChange) -> Result<(), StoreError> {
    let job = job.to_string();
    match change {
        CredentialChange::Issue { attempt, token, expires_at } => {
            let sql =
                "INSERT INTO credentials (job, attempt, token, token_expires_at) VALUES (?1, ?2, ?3, ?4)";
            let params = params![job, attempt, token.bytes(), expires_at.as_millisecond()];
            tx.prepare_cached(sql)?.execute(params)?;
        }
        CredentialChange::Prolong { attempt, expires_at } => {
            let sql = "UPDATE credentials SET token_expires_at = ?3 WHERE job = ?1 AND attempt = ?2";
            tx.prepare_cached(sql)?.execute(params![job, attempt, expires_at.as_millisecond()])?;
        }
    }
    Ok(())
}

fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
