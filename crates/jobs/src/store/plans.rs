//! How SQLite goes about what is asked often: nothing of it may take longer the more jobs the store holds.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use clawlets_model::{JobId, JobKind, MicroEuros, Requester, Status, socket::WhenFull};
use jiff::Timestamp;
use rusqlite::{
    Connection,
    trace::{TraceEvent, TraceEventCodes},
};
use serde_json::json;

use super::{
    claim,
    enqueue::{self, Admission, NewJob},
    query::{self, Filter, Scope},
    sqlite,
};
use crate::state::{About, Budget, Caps, Charge, MaxAttempts, Priority, Rate, Room, WorkerId};

/// Tables with a row for each job or more. The others have a row for each requester.
const GROWING: [&str; 8] =
    ["jobs", "payloads", "results", "idempotency_keys", "events", "credentials", "artifacts", "ledger"];

fn store() -> Connection {
    let mut db = Connection::open_in_memory().unwrap();
    sqlite::migrate(&mut db).unwrap();
    db
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn spawn(number: u128, when_full: WhenFull) -> NewJob {
    NewJob {
        id: JobId::from_parts(1_800_000_000_000, number),
        requester: Requester::parse("maren").unwrap(),
        idempotency_key: Some(format!("key-{number}")),
        kind: JobKind::CattleSpawn,
        payload: json!({}),
        snapshot: None,
        about: About::default(),
        run_at: None,
        priority: Priority::default(),
        max_attempts: MaxAttempts::default(),
        when_full,
    }
}

/// Room that is limited in every way there is.
fn room() -> Room {
    let maren = Requester::parse("maren").unwrap();
    let caps = Caps { max_instances: 10, max_active: [(maren, 5)].into() };
    let rate = Rate { hourly: MicroEuros::new(1), monthly: MicroEuros::new(100) };
    let all = MicroEuros::new(1_000_000);
    let budget = Budget { monthly: Some(all), per_requester: Some(all) };
    let charge = Charge { rate, lifetime: Duration::from_secs(60), budget };
    Room { caps: Arc::new(caps), others_live: 0, charge: Some(charge) }
}

/// The plans of every statement that `work` runs, one text for each step, as SQLite explains them.
fn plans_of(db: &mut Connection, work: impl FnOnce(&Connection)) -> Vec<String> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let seeing = Arc::clone(&seen);
    let watch = move |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(statement, text) = event
            && !text.starts_with("--")
        {
            seeing.lock().unwrap().insert(statement.sql().into_owned());
        }
    };
    db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(watch)).unwrap();
    work(db);
    db.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, None::<fn(TraceEvent<'_>)>).unwrap();
    let statements = seen.lock().unwrap().clone();
    assert!(!statements.is_empty(), "nothing was asked");
    let mut steps = Vec::new();
    for sql in statements {
        let mut explain = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = explain.raw_query();
        while let Some(row) = rows.next().unwrap() {
            steps.push(format!("{} <- {sql}", row.get::<_, String>(3).unwrap()));
        }
    }
    steps
}

fn assert_no_scan(steps: &[String]) {
    for step in steps {
        let scanned = step.strip_prefix("SCAN ").and_then(|rest| rest.split_whitespace().next());
        assert!(!scanned.is_some_and(|table| GROWING.contains(&table)), "{step}");
        assert!(!step.starts_with("USE TEMP B-TREE"), "{step}");
    }
}

#[test]
fn a_scan_would_be_seen() {
    let steps = plans_of(&mut store(), |db| {
        let sql = "SELECT count(*) FROM jobs WHERE message = 'x'";
        let _: i64 = db.query_row(sql, [], |row| row.get(0)).unwrap();
    });
    assert!(steps.iter().any(|step| step.starts_with("SCAN jobs")), "{steps:?}");
}

#[test]
fn accepting_a_job_reads_no_table_that_grows_with_jobs() {
    let steps = plans_of(&mut store(), |db| {
        let admission = Admission {
            max_queued_per_requester: Some(1_000),
            max_queued: Some(100_000),
            room: Some(room()),
        };
        for (number, when_full) in [(1, WhenFull::Refuse), (2, WhenFull::Queue)] {
            let new = spawn(number, when_full);
            enqueue::enqueue(db, &new, &admission, at(0)).unwrap();
            assert!(enqueue::enqueue(db, &new, &admission, at(1)).unwrap().deduped);
        }
    });
    assert!(steps.iter().any(|step| step.contains("tallies")), "the quota is checked: {steps:?}");
    assert!(steps.iter().any(|step| step.contains("purses")), "the budget is checked: {steps:?}");
    assert_no_scan(&steps);
}

#[test]
fn claiming_a_job_reads_no_table_that_grows_with_jobs() {
    let mut db = store();
    enqueue::enqueue(&db, &spawn(1, WhenFull::Queue), &Admission::default(), at(0)).unwrap();
    let worker = WorkerId::parse("w").unwrap();
    let steps = plans_of(&mut db, |db| {
        let claimed = claim::claim(db, &worker, Duration::from_secs(30), Some(&room()), at(1)).unwrap();
        assert!(claimed.is_some());
        assert!(claim::claim(db, &worker, Duration::from_secs(30), Some(&room()), at(1)).unwrap().is_none());
        assert_eq!(claim::next(db, at(1)).unwrap(), Some(at(31)));
    });
    assert_no_scan(&steps);
}

#[test]
fn looking_at_jobs_reads_no_table_that_grows_with_jobs() {
    let mut db = store();
    let maren = Requester::parse("maren").unwrap();
    let steps = plans_of(&mut db, |db| {
        for requester in [None, Some(maren.clone())] {
            for status in [None, Some(Status::Failed)] {
                for kind in [None, Some(JobKind::CattleReap)] {
                    let filter = Filter { requester: requester.clone(), status, kind, ..Filter::default() };
                    query::list(db, &filter).unwrap();
                }
            }
        }
        for scope in [Scope::All, Scope::Of(maren.clone())] {
            query::find(db, &scope, "01K").unwrap();
        }
    });
    assert_no_scan(&steps);
}
