//! A store with a long past.
//!
//! Most of its jobs ended; some wait for their time, and some of those in line for a place. Their rows are those that the
//! orchestrator would have left, written in one go since a million lives take too long.

use std::path::Path;

use clawlets_jobs::{Store, StoreOptions};
use clawlets_model::JobId;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use crate::scale::Scale;

/// On whose behalf the jobs are.
const REQUESTERS: [&str; 8] = ["operator", "maren", "otto", "ida", "knut", "frida", "lars", "tilda"];
/// One in so many queued jobs waits in line for a place.
const WAITING: u64 = 4;

/// How a job of the past stands.
enum Standing {
    Ended,
    Queued,
    Waiting,
}

/// Makes a store with as many jobs as `scale` says.
///
/// # Panics
/// When the file cannot be written.
pub(crate) fn fill(store: &Path, scale: &Scale) {
    drop(Store::open(&StoreOptions::new(store)).expect("a new store can be made"));
    let mut db = Connection::open(store).expect("a new store can be opened");
    // Nothing of it has to survive a crash. Whoever opens the store next puts the journal back.
    db.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144;")
        .expect("a new store can be set up");
    let tx = db.transaction().expect("nobody else writes");
    let now = Timestamp::now();
    for n in 0..scale.rows {
        let left = scale.rows - n;
        let standing = if left > scale.queued_rows {
            Standing::Ended
        } else if left > scale.queued_rows / WAITING {
            Standing::Queued
        } else {
            Standing::Waiting
        };
        // Spread over the last ten days, so that nothing is old enough to be forgotten.
        let age = SignedDuration::from_millis(i64::try_from(left).expect("few rows") * 800);
        insert(&tx, n, &standing, now - age, now);
    }
    tx.commit().expect("the rows are valid");
}

/// How the idempotency keys of one caller follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// ULIDs: each is higher than those of the milliseconds before, so that a store appends them.
    Ordered,
    /// 128 random bits: each goes to another place of the store's index.
    Random,
}

impl Keys {
    /// One that nobody had before.
    pub(crate) fn fresh(self) -> String {
        match self {
            Self::Ordered => {
                let millis = u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
                JobId::from_parts(millis, u128::from_le_bytes(random())).to_string()
            }
            Self::Random => hex::encode(random()),
        }
    }
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the kernel has randomness");
    bytes
}

fn insert(tx: &Connection, n: u64, standing: &Standing, created: Timestamp, now: Timestamp) {
    let created_at = created.as_millisecond();
    let id =
        JobId::from_parts(u64::try_from(created_at).unwrap_or(0), u128::from_le_bytes(random())).to_string();
    let requester = REQUESTERS[usize::try_from(n).unwrap_or(0) % REQUESTERS.len()];
    let key = Keys::Random.fresh();
    let later = (now + SignedDuration::from_hours(24)).as_millisecond();
    let (status, phase, vm, run_at) = match standing {
        Standing::Ended => ("done", "gone", "gone", created_at),
        Standing::Queued => ("queued", "queued", "none", later),
        Standing::Waiting => ("queued", "reserving", "none", later),
    };
    let ended = matches!(standing, Standing::Ended);
    let when = |after: i64| ended.then_some(created_at + after);
    let sql = "INSERT INTO jobs (id, requester, idempotency_key, kind, persona, task_id, priority, max_attempts,
            when_full, status, phase, reason, exit_code, attempt, failures, takeovers, lease_epoch, vm, server_id,
            server_name, redeemed, cancel_requested, created_at, run_at, started_at, ended_at, expires_at, in_hand, slot)
        VALUES (?1, ?2, ?3, 'cattle.spawn', 'rex', 'bench', 0, 3, 'queue', ?4, ?5, ?6, ?7, ?8, 0, 0, ?8, ?9, ?10,
            ?11, ?8, 0, ?12, ?13, ?14, ?15, ?16, 0, 0)";
    tx.prepare_cached(sql)
        .and_then(|mut insert| {
            insert.execute(params![
                id,
                requester,
                key,
                status,
                phase,
                ended.then_some("finished"),
                ended.then_some(0),
                u32::from(ended),
                vm,
                ended.then(|| (1_700_000_000 + n).to_string()),
                ended.then(|| format!("cattle-rex-{}-1", &key[..12])),
                created_at,
                run_at,
                when(500),
                when(2_500),
                when(600_000),
            ])
        })
        .expect("a job's row is valid");
    let payload = r#"{"persona":"rex","task":{"schemaVersion":1,"taskId":"bench","type":"command","argv":["true"]},"ttl":"10m"}"#;
    tx.prepare_cached("INSERT INTO payloads (job, body, snapshot) VALUES (?1, ?2, ?3)")
        .and_then(|mut insert| insert.execute(params![id, payload, [b'x'; 512]]))
        .expect("a payload's row is valid");
    tx.prepare_cached("INSERT INTO idempotency_keys (requester, key, content, job) VALUES (?1, ?2, ?3, ?4)")
        .and_then(|mut insert| insert.execute(params![requester, key, [7_u8; 32], id]))
        .expect("a key's row is valid");
    let history: &[&str] =
        if ended { &["enqueued", "claimed", "created", "ended", "gone"] } else { &["enqueued"] };
    for (seq, event) in history.iter().enumerate() {
        tx.prepare_cached("INSERT INTO events (job, seq, t, event) VALUES (?1, ?2, ?3, ?4)")
            .and_then(|mut insert| insert.execute(params![id, seq, created_at, event]))
            .expect("an event's row is valid");
    }
}
