//! The handle to the store: every operation that it offers.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use clawlets_model::{
    JobId, MicroEuros, Requester,
    guest::TaskResult,
    socket::{ArtifactView, JobEvent},
};
use jiff::Timestamp;
use tokio::sync::watch;

use super::{
    artifacts::{self, Artifact, ArtifactCaps},
    attendant::{Attendant, Attended},
    claim,
    credentials::{self, Redeemed, Redemption, SessionStanding, TokenOwner},
    enqueue::{self, Admission, Enqueued, NewJob, Payload},
    error::{ApplyError, ArtifactError, EnqueueError, StoreError},
    ledger, prune,
    query::{self, Counts, Filter, Found, Page, Scope},
    reserve::{self, Reservation},
    sqlite::{self, Files, Readers, StoreOptions, Writer},
    transition,
};
use crate::state::{Budget, Event, Fence, Job, Rate, Refused, Room, SessionHash, TokenHash, WorkerId};

/// A handle to the store. Clones share one store, which is closed when the last of them is dropped; that waits until
/// what was asked of it is on disk.
///
/// Operations that write are answered once they are on disk. A future that is dropped before its answer leaves open
/// whether its operation happened. Times have a resolution of one millisecond.
#[derive(Debug, Clone)]
pub struct Store {
    open: Arc<Open>,
}

/// What closes when the last handle goes. Fields are dropped in this order: readers, writer, and then the lock.
#[derive(Debug)]
struct Open {
    readers: Readers,
    writer: Writer,
    _files: Files,
}

impl Store {
    /// Opens the store, makes it if it is missing, and brings it to this program's version. Blocks: to be called at
    /// start.
    ///
    /// # Errors
    /// [`StoreError::Held`] when another process holds it; [`StoreError::TooNew`], [`StoreError::Foreign`] or
    /// [`StoreError::Corrupt`] when the file is not one that this program can use; [`StoreError::Exposed`] when others
    /// may write to its folder; others when files cannot be used.
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        Self::open_by(options, Attended::default())
    }

    /// As [`Store::open`], with somebody who is told of every operation: for simulations.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_attended(options: &StoreOptions, attendant: Arc<dyn Attendant>) -> Result<Self, StoreError> {
        Self::open_by(options, Attended(Some(attendant)))
    }

    fn open_by(options: &StoreOptions, attended: Attended) -> Result<Self, StoreError> {
        let files = Files::claim(&options.path)?;
        let mut connection = options.connect()?;
        sqlite::migrate(&mut connection)?;
        let readers = Readers::start(options, attended.clone())?;
        let writer = Writer::start(connection, options.operations_per_commit, attended)?;
        Ok(Self { open: Arc::new(Open { readers, writer, _files: files }) })
    }

    /// Accepts a job, or finds the one that was accepted for the same idempotency key before.
    ///
    /// # Errors
    /// [`EnqueueError`].
    pub async fn enqueue(
        &self,
        new: NewJob,
        admission: Admission,
        now: Timestamp,
    ) -> Result<Enqueued, EnqueueError> {
        self.open.writer.run(move |tx| enqueue::enqueue(tx, &new, &admission, now)).await
    }

    /// The job that was accepted for the idempotency key of `new` before, if there is one: for callers that check a job
    /// before they enqueue it, since a repeated request is answered without looking at what it refers to. The snapshot
    /// of `new` plays no part.
    ///
    /// # Errors
    /// [`EnqueueError::Conflict`] when the key was used for something else; [`EnqueueError::Store`].
    pub async fn recall(&self, new: NewJob) -> Result<Option<Enqueued>, EnqueueError> {
        self.open.readers.run(move |db| Ok(enqueue::recall(db, &new))).await?
    }

    /// Takes the job that a worker should look after next, with a new lease of `lease_for` (at most
    /// [`crate::state::LONGEST_LEASE`]).
    ///
    /// Jobs whose worker fell silent come first, those that ended and whose VM is not proved gone included. Then those
    /// that are due: by priority, then of the requester with the fewest running jobs, then of the one who was given a
    /// place longest ago, then the one that was due first.
    /// Jobs that wait in line for a VM are given only if `room` is told and leaves room for them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(
        &self,
        worker: WorkerId,
        lease_for: Duration,
        room: Option<Room>,
        now: Timestamp,
    ) -> Result<Option<Job>, StoreError> {
        self.open.writer.run(move |tx| claim::claim(tx, &worker, lease_for, room.as_ref(), now)).await
    }

    /// When [`Store::claim`] may give a job although nothing was written since it gave none: the time of a job comes, or
    /// the lease of a silent worker ends. Room is not known here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_claim(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.open.readers.run(move |db| claim::next(db, now)).await
    }

    /// Renews a lease until `lease_for` from now. The job that comes back tells whether it is to be canceled, was
    /// extended, or ended meanwhile.
    ///
    /// # Errors
    /// [`crate::Refused::StaleLease`] when the job was lost to another worker: stop working on it.
    pub async fn heartbeat(
        &self,
        job: JobId,
        epoch: u64,
        lease_for: Duration,
        now: Timestamp,
    ) -> Result<Job, ApplyError> {
        let until = claim::lease_end(lease_for, now);
        self.apply(job, Fence::Lease(epoch), Event::Renewed { until }, now).await
    }

    /// Gives a job back, for another worker to take at once.
    ///
    /// # Errors
    /// As [`Self::heartbeat`].
    pub async fn release(&self, job: JobId, epoch: u64, now: Timestamp) -> Result<Job, ApplyError> {
        self.apply(job, Fence::Lease(epoch), Event::Released, now).await
    }

    /// Ends the leases of every worker, for a process that has just opened the store: as one process holds the store at
    /// a time, all workers of before are dead. Gives the number of leases.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expire_leases(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.open.writer.run(move |tx| claim::expire_leases(tx, now)).await
    }

    /// Takes a place under the caps for the job's VM, in one transaction with the count of those taken. A job that has
    /// one keeps it. Without room the job waits in line or ends, as it was asked for.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub async fn reserve(
        &self,
        job: JobId,
        epoch: u64,
        room: Room,
        now: Timestamp,
    ) -> Result<Reservation, ApplyError> {
        self.open.writer.run(move |tx| reserve::reserve(tx, job, epoch, &room, now)).await
    }

    /// Lets a job's VM live until another time, and reserves what that may cost.
    ///
    /// # Errors
    /// [`crate::Refused::OverBudget`] when there is no money for it; others as [`Self::apply`].
    pub async fn extend(
        &self,
        job: JobId,
        expires_at: Timestamp,
        budget: Budget,
        now: Timestamp,
    ) -> Result<Job, ApplyError> {
        let extend = move |tx: &rusqlite::Connection| {
            let event = Event::Extended { expires_at };
            let job = transition::apply(tx, job, Fence::Open, &event, now)?;
            ledger::extend(tx, &job, expires_at, &budget, now)?.map_err(Refused::OverBudget)?;
            Ok(job)
        };
        self.open.writer.run(extend).await
    }

    /// Replaces the price at which a job's VM was reserved, when it came to be at a cheaper place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn price(&self, job: JobId, rate: Rate) -> Result<(), StoreError> {
        self.open.writer.run(move |tx| ledger::price(tx, job, rate)).await
    }

    /// What is spent or reserved in this calendar month, UTC: by one requester, or by all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn committed(
        &self,
        requester: Option<Requester>,
        now: Timestamp,
    ) -> Result<MicroEuros, StoreError> {
        self.open.readers.run(move |db| ledger::committed(db, requester.as_ref(), now)).await
    }

    /// Applies an event to a job, and gives the job afterwards.
    ///
    /// # Errors
    /// [`ApplyError`]; the job is then as it was.
    pub async fn apply(
        &self,
        job: JobId,
        fence: Fence,
        event: Event,
        now: Timestamp,
    ) -> Result<Job, ApplyError> {
        self.open.writer.run(move |tx| transition::apply(tx, job, fence, &event, now)).await
    }

    /// Spends a one-time token. When it was spent before with another nonce, or too long ago, the job ends as an
    /// incident in the same transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn redeem(&self, redemption: Redemption, now: Timestamp) -> Result<Redeemed, StoreError> {
        self.open.writer.run(move |tx| credentials::redeem(tx, &redemption, now)).await
    }

    /// The job and VM that a one-time token was made for, spent or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn token_owner(&self, token: TokenHash) -> Result<Option<TokenOwner>, StoreError> {
        self.open.readers.run(move |db| credentials::token_owner(db, token)).await
    }

    /// What a session token is good for.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session(&self, session: SessionHash, now: Timestamp) -> Result<SessionStanding, StoreError> {
        self.open.readers.run(move |db| credentials::session(db, session, now)).await
    }

    /// Records a file that the VM of `attempt` left. The same file may be recorded twice.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub async fn add_artifact(
        &self,
        job: JobId,
        attempt: u32,
        artifact: Artifact,
        caps: ArtifactCaps,
    ) -> Result<(), ArtifactError> {
        self.open.writer.run(move |tx| artifacts::add(tx, job, attempt, &artifact, caps)).await
    }

    /// The files that a job left, by name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn artifacts(&self, job: JobId) -> Result<Vec<ArtifactView>, StoreError> {
        self.open.readers.run(move |db| artifacts::list(db, job)).await
    }

    /// One job.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn get(&self, job: JobId) -> Result<Option<Job>, StoreError> {
        self.open.readers.run(move |db| query::get(db, job)).await
    }

    /// What a job was enqueued with.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn payload(&self, job: JobId) -> Result<Option<Payload>, StoreError> {
        self.open.readers.run(move |db| query::payload(db, job)).await
    }

    /// The result that a job's VM reported.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn result(&self, job: JobId) -> Result<Option<TaskResult>, StoreError> {
        self.open.readers.run(move |db| query::result(db, job)).await
    }

    /// A job's history from line number `from` on, oldest first. At most [`crate::MAX_EVENTS`] lines and those that tell
    /// its end are kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events(&self, job: JobId, from: u64) -> Result<Vec<JobEvent>, StoreError> {
        self.open.readers.run(move |db| query::events(db, job, from)).await
    }

    /// The job that `text` means: its id, the id or name of its VM, or a prefix of one of these.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(&self, scope: Scope, text: &str) -> Result<Found, StoreError> {
        let text = text.to_owned();
        self.open.readers.run(move |db| query::find(db, &scope, &text)).await
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, filter: Filter) -> Result<Page, StoreError> {
        self.open.readers.run(move |db| query::list(db, &filter)).await
    }

    /// The places in line, from 1, of those of the jobs that wait for room: by priority, then by age. Fairness between
    /// requesters may let another go first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn positions(&self, jobs: Vec<JobId>) -> Result<BTreeMap<JobId, u64>, StoreError> {
        self.open.readers.run(move |db| query::positions(db, &jobs)).await
    }

    /// The jobs whose VM is not proved gone, and those that hold a place for one, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn active_vms(&self) -> Result<Vec<Job>, StoreError> {
        self.open.readers.run(query::active_vms).await
    }

    /// How many jobs there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        self.open.readers.run(query::counts).await
    }

    /// Forgets jobs that ended more than `keep` ago and have no VM any more, at most 250 at a time: call it again until none is left, and
    /// idempotency keys whose jobs were forgotten [`crate::KEYS_OUTLIVE_JOBS`] ago. Gives the ids of the jobs, whose logs
    /// and files the caller can now delete.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prune(&self, keep: Duration, now: Timestamp) -> Result<Vec<JobId>, StoreError> {
        self.open.writer.run(move |tx| prune::prune(tx, keep, now)).await
    }

    /// How often the store was written to disk since it was opened. The value changes after every write, so that one can
    /// wait for something to happen without asking again and again.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.open.writer.commits()
    }
}
