//! Enqueueing straight into a store, with commits that are shared or not: the same code and the same rows.

use clawlets_jobs::{About, Admission, MaxAttempts, NewJob, Priority, Store, StoreOptions};
use clawlets_model::{JobId, JobKind, PersonaName, Requester, socket::WhenFull};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use std::num::NonZeroUsize;

use crate::{
    filled::Keys,
    interrupt,
    load::{Load, load},
    site::Site,
};

/// How many jobs may wait in the queue, as the orchestrator has it.
const MAX_QUEUED: u64 = 100_000;

/// Who shares a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commits {
    /// All jobs that wait for one.
    Shared,
    /// Each job has its own.
    Own,
}

/// What the orchestrator wrote for a job that came over the socket.
pub(super) struct Example {
    body: Value,
    snapshot: Option<Vec<u8>>,
}

impl Example {
    /// The newest job of a site, which has one at least.
    pub(super) fn of(site: &Site) -> Self {
        let db = Connection::open_with_flags(site.store(), OpenFlags::SQLITE_OPEN_READ_ONLY)
            .expect("the orchestrator's store can be read");
        let sql = "SELECT body, snapshot FROM payloads ORDER BY rowid DESC LIMIT 1";
        let row = db.query_row(sql, [], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)));
        let (body, snapshot) = row.expect("there is a job");
        Self { body: serde_json::from_str(&body).expect("a payload is JSON"), snapshot }
    }
}

/// A store of its own, which nobody else uses.
pub(super) struct Straight {
    store: Store,
    template: NewJob,
    _folder: tempfile::TempDir,
}

impl Straight {
    pub(super) fn open(example: &Example, commits: Commits) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        interrupt::remember(folder.path(), None);
        let mut options = StoreOptions::new(folder.path().join("state.sqlite"));
        match commits {
            Commits::Shared => {}
            Commits::Own => options.operations_per_commit = NonZeroUsize::MIN,
        }
        let store = Store::open(&options).expect("a new store can be made");
        let persona = PersonaName::parse("rex").expect("a valid name");
        let about = About { persona: Some(persona), task_id: Some("bench".to_owned()), model: None };
        let template = NewJob {
            id: JobId::from_parts(0, 0),
            requester: Requester::operator(),
            idempotency_key: None,
            kind: JobKind::CattleSpawn,
            payload: example.body.clone(),
            snapshot: example.snapshot.clone(),
            about,
            run_at: Some(Timestamp::now() + SignedDuration::from_hours(24)),
            priority: Priority::default(),
            max_attempts: MaxAttempts::default(),
            when_full: WhenFull::Queue,
        };
        Self { store, template, _folder: folder }
    }

    pub(super) async fn enqueue(&self, callers: usize, jobs: usize) -> Load {
        let callers = vec![self.store.clone(); callers];
        load(&callers, jobs, async |store: &Store| {
            let now = Timestamp::now();
            let mut random = [0; 16];
            getrandom::fill(&mut random).expect("the kernel has randomness");
            let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
            let new = NewJob {
                id: JobId::from_parts(millis, u128::from_le_bytes(random)),
                idempotency_key: Some(Keys::Ordered.fresh()),
                ..self.template.clone()
            };
            let admission = Admission { max_queued: Some(MAX_QUEUED), ..Admission::default() };
            store.enqueue(new, admission, now).await.expect("the store takes the job");
        })
        .await
    }
}
