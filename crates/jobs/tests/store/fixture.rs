//! A store in a folder of its own, and short ways to make what it is asked for.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use clawlets_jobs::{
    About, Admission, Caps, Event, Fence, Job, LEASE, MaxAttempts, NewJob, NonceHash, Priority, Redemption,
    Reservation, Room, SessionHash, Store, StoreOptions, TokenHash, WorkerId,
};
use clawlets_model::{
    JobId, JobKind, PersonaName, Phase, Reason, Requester, Status, guest::TaskResult, socket::WhenFull,
};
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

/// A store in a folder that goes away with it.
pub(crate) struct Bed {
    pub(crate) store: Store,
    dir: TempDir,
}

impl Bed {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { store: Store::open(&StoreOptions::new(dir.path().join("state.sqlite"))).unwrap(), dir }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("state.sqlite")
    }

    /// The store as another process finds it.
    pub(crate) fn reopen(self) -> Self {
        let Self { store, dir } = self;
        drop(store);
        Self { store: Store::open(&StoreOptions::new(dir.path().join("state.sqlite"))).unwrap(), dir }
    }

    /// Closes the store and keeps its folder.
    pub(crate) fn into_dir(self) -> TempDir {
        self.dir
    }

    pub(crate) async fn enqueue(&self, new: NewJob, now: i64) -> JobId {
        self.store.enqueue(new, Admission::default(), at(now)).await.unwrap().job
    }

    pub(crate) async fn claim(&self, name: &str, now: i64) -> Option<Job> {
        self.store.claim(worker(name), LEASE, None, at(now)).await.unwrap()
    }

    pub(crate) async fn get(&self, job: JobId) -> Job {
        self.store.get(job).await.unwrap().expect("the job exists")
    }

    /// Applies an event as the worker that holds the job.
    pub(crate) async fn work(&self, job: &Job, event: Event, now: i64) -> Job {
        self.store.apply(job.id, Fence::Lease(job.lease_epoch), event, at(now)).await.unwrap()
    }

    /// A claimed job with a place under generous caps.
    pub(crate) async fn reserved(&self, number: u128, now: i64) -> Job {
        self.enqueue(spawn(number), now).await;
        let job = self.claim("w", now).await.unwrap();
        let reserved = self.store.reserve(job.id, job.lease_epoch, room(100), at(now)).await.unwrap();
        let Reservation::Reserved(job) = reserved else { panic!("there is room") };
        job
    }

    /// A job whose VM `1000 + number` boots. Its token is `token-<number>`.
    pub(crate) async fn booting(&self, number: u128, now: i64) -> Job {
        let job = self.reserved(number, now).await;
        let job = self.work(&job, intent(&job, number, now), now).await;
        self.work(&job, Event::Created { server_id: 1_000 + u64::try_from(number).unwrap() }, now).await
    }

    /// A job whose VM redeemed its token with the nonce `n`.
    pub(crate) async fn ready(&self, number: u128, now: i64) -> Job {
        self.booting(number, now).await;
        let first = self.store.redeem(redemption(number, "n"), at(now)).await.unwrap();
        let clawlets_jobs::Redeemed::First(job) = first else { panic!("the token is fresh") };
        job
    }

    /// A job whose task ended well; its VM still exists.
    pub(crate) async fn done(&self, number: u128, now: i64) -> Job {
        let job = self.ready(number, now).await;
        let event = Event::Reported(finished());
        self.store.apply(job.id, Fence::Guest(1), event, at(now)).await.unwrap()
    }

    /// A job that ended well and whose VM is gone.
    pub(crate) async fn over(&self, number: u128, now: i64) -> Job {
        let job = self.done(number, now).await;
        let job = self.work(&job, Event::DeleteRequested, now).await;
        let job = self.work(&job, Event::VmGone { attempt: 1 }, now).await;
        assert_eq!((job.status, job.phase), (Status::Done, Phase::Gone));
        job
    }
}

/// A time: that many seconds after some Tuesday.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

pub(crate) fn worker(name: &str) -> WorkerId {
    WorkerId::parse(name).unwrap()
}

pub(crate) fn bot(name: &str) -> Requester {
    Requester::parse(name).unwrap()
}

pub(crate) fn id(number: u128) -> JobId {
    JobId::from_parts(1_800_000_000_000, number)
}

/// A job to be accepted, for the bot `maren`.
pub(crate) fn spawn(number: u128) -> NewJob {
    NewJob {
        id: id(number),
        requester: bot("maren"),
        idempotency_key: None,
        kind: JobKind::CattleSpawn,
        payload: json!({ "persona": "rex", "task": { "n": u64::try_from(number).unwrap() } }),
        snapshot: None,
        about: About { persona: PersonaName::parse("rex").ok(), task_id: Some("t".to_owned()), model: None },
        run_at: None,
        priority: Priority::default(),
        max_attempts: MaxAttempts::new(2).unwrap(),
        when_full: WhenFull::Refuse,
    }
}

pub(crate) fn spawn_of(name: &str, number: u128) -> NewJob {
    NewJob { requester: bot(name), ..spawn(number) }
}

/// Room for that many VMs.
pub(crate) fn room(max_instances: u32) -> Room {
    Room { caps: Arc::new(Caps { max_instances, max_active: BTreeMap::new() }), others_live: 0, charge: None }
}

/// Room for many VMs, of which `name` may have `limit`.
pub(crate) fn room_of(name: &str, limit: u32) -> Room {
    Room {
        caps: Arc::new(Caps { max_instances: 100, max_active: BTreeMap::from([(bot(name), limit)]) }),
        others_live: 0,
        charge: None,
    }
}

/// The next VM of a job, which may live for 600 s.
pub(crate) fn intent(job: &Job, number: u128, now: i64) -> Event {
    let attempt = job.attempt + 1;
    Event::CreateIntended {
        attempt,
        server_name: format!("cattle-rex-{number}-{attempt}"),
        expires_at: at(now + 600),
        token: token(number),
        token_expires_at: at(now + 300),
    }
}

pub(crate) fn token(number: u128) -> TokenHash {
    TokenHash::of(format!("token-{number}").as_bytes())
}

pub(crate) fn session(number: u128, nonce: &str) -> SessionHash {
    SessionHash::of(format!("session-{number}-{nonce}").as_bytes())
}

pub(crate) fn redemption(number: u128, nonce: &str) -> Redemption {
    Redemption {
        token: token(number),
        nonce: NonceHash::of(nonce.as_bytes()),
        session: session(number, nonce),
    }
}

pub(crate) fn finished() -> TaskResult {
    TaskResult {
        status: Status::Done,
        reason: Reason::Finished,
        exit_code: Some(0),
        signal: None,
        message: None,
        output: Some("hello".to_owned()),
        duration_ms: 12,
    }
}
