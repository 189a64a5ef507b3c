//! The simulated world: workers that follow the rules and die, a provider, guests.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use clawlets_jobs::{
    Admission, ApplyError, Caps, EnqueueError, Event, Fence, Job, LEASE, MaxAttempts, NewJob, NonceHash,
    Priority, Redeemed, Redemption, Reservation, Room, SessionHash, Store, StoreOptions, TokenHash,
};
use clawlets_model::{JobId, Phase, Reason, VmState};
use serde_json::json;
use tempfile::TempDir;

use super::{
    actions::{Action, Guest, Luck, Mistake},
    observer::Observer,
};
use crate::fixture::{at, bot, finished, spawn, worker};

/// The caps of this world.
pub(super) const MAX_INSTANCES: u32 = 3;
const MAX_ACTIVE: u32 = 2;
const KEEP: Duration = Duration::from_secs(3_600);

/// A VM at the provider.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    pub(super) job: JobId,
    pub(super) attempt: u32,
}

pub(super) struct World {
    pub(super) store: Option<Store>,
    dir: TempDir,
    pub(super) now: i64,
    /// VMs that exist, by the provider's id.
    pub(super) provider: BTreeMap<u64, Machine>,
    /// What each worker knows of its job.
    workers: [Option<Job>; 2],
    enqueued: u128,
    machines: u64,
    pub(super) observer: Observer,
}

impl World {
    pub(super) fn new() -> Self {
        let dir = in_memory();
        let store = Store::open(&StoreOptions::new(dir.path().join("state.sqlite"))).unwrap();
        Self {
            store: Some(store),
            dir,
            now: 0,
            provider: BTreeMap::new(),
            workers: [None, None],
            enqueued: 0,
            machines: 0,
            observer: Observer::default(),
        }
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("state.sqlite")
    }

    pub(super) fn store(&self) -> Store {
        self.store.clone().expect("it is open between actions")
    }

    pub(super) fn room() -> Room {
        let max_active = BTreeMap::from([(bot("maren"), MAX_ACTIVE)]);
        Room {
            caps: Arc::new(Caps { max_instances: MAX_INSTANCES, max_active }),
            others_live: 0,
            charge: None,
        }
    }

    pub(super) async fn act(&mut self, action: &Action) {
        match *action {
            Action::Enqueue { requester, key, priority, when_full, delay, tries } => {
                let requester = bot(["maren", "otto", "zoe"][requester]);
                let new = NewJob {
                    requester,
                    idempotency_key: key.map(|key| format!("key-{key}")),
                    payload: json!(key),
                    run_at: (delay > 0).then(|| at(self.now + delay)),
                    priority: Priority::new(priority).unwrap(),
                    max_attempts: MaxAttempts::new(tries).unwrap(),
                    when_full,
                    ..spawn(self.enqueued)
                };
                self.enqueue(new).await;
            }
            Action::Claim { worker } => self.claim(worker).await,
            Action::Work { worker, luck } => self.work(worker, luck).await,
            Action::Misbehave { worker, how } => self.misbehave(worker, how).await,
            Action::Heartbeat { worker } => {
                if let Some(job) = self.workers[worker].take() {
                    let answer = self.store().heartbeat(job.id, job.lease_epoch, LEASE, at(self.now)).await;
                    self.learn(worker, &job, answer).await;
                }
            }
            Action::Release { worker } => {
                if let Some(job) = self.workers[worker].take() {
                    let answer = self.store().release(job.id, job.lease_epoch, at(self.now)).await;
                    self.observer.fenced(&job, answer.is_ok());
                }
            }
            Action::Crash { worker } => self.workers[worker] = None,
            Action::Restart { impatient } => self.restart(impatient).await,
            Action::Guest { vm, does } => self.guest(vm, does).await,
            Action::Cancel { job } => {
                if let Some(job) = self.observer.nth(job) {
                    let answer =
                        self.store().apply(job, Fence::Open, Event::CancelRequested, at(self.now)).await;
                    self.observer.canceled(job, answer);
                }
            }
            Action::Sweep => self.sweep().await,
            Action::Tick { seconds } => self.now += seconds,
            Action::Prune => {
                let forgotten = self.store().prune(KEEP, at(self.now)).await.unwrap();
                self.observer.forgotten(&forgotten, at(self.now) - KEEP);
            }
        }
    }

    async fn enqueue(&mut self, new: NewJob) {
        let answer = self.store().enqueue(new.clone(), Admission::default(), at(self.now)).await;
        self.enqueued += 1;
        match answer {
            Ok(answer) => self.observer.enqueued(&new, answer),
            Err(EnqueueError::Conflict { job }) => self.observer.conflict(&new, job),
            Err(other) => panic!("{other}"),
        }
    }

    async fn claim(&mut self, number: usize) {
        if self.workers[number].is_some() {
            return;
        }
        let name = worker(["first", "second"][number]);
        let before = self.observer.jobs(&self.store()).await;
        let claimed = self.store().claim(name, LEASE, Some(Self::room()), at(self.now)).await.unwrap();
        self.observer.claimed(&before, claimed.as_ref(), at(self.now));
        self.workers[number] = claimed;
    }

    /// What a worker knows after the store answered it. One that lost its lease stops; one that was refused otherwise
    /// looks again.
    async fn learn(&mut self, worker: usize, asked: &Job, answer: Result<Job, ApplyError>) {
        use clawlets_jobs::Refused::StaleLease;
        let stale = matches!(answer, Err(ApplyError::Refused(StaleLease { .. }) | ApplyError::Unknown(_)));
        self.observer.fenced(asked, !stale);
        self.workers[worker] = match answer {
            Ok(job) => job.lease.is_some().then_some(job),
            Err(ApplyError::Refused(_)) if !stale => self.store().get(asked.id).await.unwrap(),
            Err(ApplyError::Refused(_) | ApplyError::Unknown(_)) => None,
            Err(other) => panic!("{other}"),
        };
    }

    async fn tell(&mut self, worker: usize, job: &Job, event: Event) {
        let answer = self.store().apply(job.id, Fence::Lease(job.lease_epoch), event, at(self.now)).await;
        self.learn(worker, job, answer).await;
    }

    /// The next thing to do for a job, as a worker sees it.
    async fn work(&mut self, worker: usize, luck: Luck) {
        let Some(job) = self.workers[worker].take() else { return };
        let is_over = job.status.is_final();
        match job.vm.state {
            VmState::Live if is_over => self.tell(worker, &job, Event::DeleteRequested).await,
            VmState::Deleting => self.delete(worker, &job, luck).await,
            VmState::None | VmState::Gone if is_over => {}
            VmState::Live if job.cancel_requested => {
                let end = Event::Ended { reason: Reason::Canceled, message: None };
                self.tell(worker, &job, end).await;
            }
            VmState::Live if job.phase == Phase::Creating => self.create(worker, &job, luck).await,
            VmState::Live => match (luck, job.vm.redeemed) {
                (Luck::Bad, true) => {
                    let end = Event::Ended { reason: Reason::Timeout, message: None };
                    self.tell(worker, &job, end).await;
                }
                (Luck::Bad, false) => self.tell(worker, &job, Event::DeleteRequested).await,
                (Luck::Good | Luck::DiesAfter, _) => {
                    let fresh = self.store().get(job.id).await.unwrap();
                    self.workers[worker] = fresh.filter(|fresh| fresh.lease_epoch == job.lease_epoch);
                }
            },
            VmState::Gone if job.vm.redeemed => {
                let end = Event::Ended { reason: Reason::Lost, message: None };
                self.tell(worker, &job, end).await;
            }
            VmState::None | VmState::Gone => self.prepare(worker, &job, luck).await,
        }
    }

    /// What a worker would only do by mistake. It may be refused, and must do no harm if it is not.
    async fn misbehave(&mut self, worker: usize, how: Mistake) {
        let Some(job) = self.workers[worker].take() else { return };
        let event = match how {
            Mistake::TriesAgain => {
                Event::AttemptFailed { reason: Reason::Error, message: "by mistake".to_owned() }
            }
            Mistake::MakesAnother => self.intent(&job),
            Mistake::Deletes => Event::DeleteRequested,
            Mistake::EndsIt => Event::Ended { reason: Reason::Error, message: None },
        };
        self.tell(worker, &job, event).await;
    }

    fn intent(&self, job: &Job) -> Event {
        let attempt = job.attempt + 1;
        Event::CreateIntended {
            attempt,
            server_name: format!("{}-{attempt}", job.id),
            expires_at: at(self.now + 600),
            token: token(job.id, attempt),
            token_expires_at: at(self.now + 300),
        }
    }

    /// Towards the first VM, or the next one.
    async fn prepare(&mut self, worker: usize, job: &Job, luck: Luck) {
        match job.phase {
            Phase::Reserving => {
                let answer = self.store().reserve(job.id, job.lease_epoch, Self::room(), at(self.now)).await;
                let answer = answer.map(|reservation| match reservation {
                    Reservation::Reserved(job)
                    | Reservation::Waiting(job, _)
                    | Reservation::Refused(job, _) => job,
                });
                self.learn(worker, job, answer).await;
            }
            Phase::Creating if luck != Luck::Bad && job.vm.state == VmState::None => {
                let event = self.intent(job);
                self.tell(worker, job, event).await;
            }
            Phase::Queued
            | Phase::Creating
            | Phase::Booting
            | Phase::Ready
            | Phase::Running
            | Phase::Reporting
            | Phase::Ended
            | Phase::Deleting
            | Phase::Gone => {
                let failed =
                    Event::AttemptFailed { reason: Reason::BootFailed, message: "bad luck".to_owned() };
                self.tell(worker, job, failed).await;
            }
        }
    }

    /// Looks for the VM by its name first. Asks the provider only while the lease is known to hold.
    async fn create(&mut self, worker: usize, job: &Job, luck: Luck) {
        let held = self.store().heartbeat(job.id, job.lease_epoch, LEASE, at(self.now)).await;
        self.observer.fenced(job, held.is_ok());
        let Ok(job) = held else { return };
        let existing = self
            .provider
            .iter()
            .find(|(_, vm)| vm.job == job.id && vm.attempt == job.attempt)
            .map(|(id, _)| *id);
        let server_id = match (existing, luck) {
            (Some(server_id), _) => server_id,
            (None, Luck::Bad) => {
                self.tell(worker, &job, Event::VmGone { attempt: job.attempt }).await;
                return;
            }
            (None, Luck::Good | Luck::DiesAfter) => {
                self.machines += 1;
                self.provider.insert(self.machines, Machine { job: job.id, attempt: job.attempt });
                self.machines
            }
        };
        if luck != Luck::DiesAfter {
            self.tell(worker, &job, Event::Created { server_id }).await;
        }
    }

    async fn delete(&mut self, worker: usize, job: &Job, luck: Luck) {
        if luck == Luck::Bad {
            self.workers[worker] = Some(job.clone());
            return;
        }
        // Worker and listing agree by name, as the id may never have been learned.
        self.provider.retain(|_, vm| !(vm.job == job.id && vm.attempt == job.attempt));
        if luck == Luck::Good {
            self.tell(worker, job, Event::VmGone { attempt: job.attempt }).await;
        }
    }

    async fn guest(&mut self, vm: usize, does: Guest) {
        if self.provider.is_empty() {
            return;
        }
        let (server_id, machine) =
            self.provider.iter().nth(vm % self.provider.len()).map(|(id, vm)| (*id, vm.clone())).unwrap();
        let (job, attempt, now) = (machine.job, machine.attempt, at(self.now));
        let redemption = |nonce: &str| Redemption {
            token: token(job, attempt),
            nonce: NonceHash::of(nonce.as_bytes()),
            session: SessionHash::of(format!("{job} {attempt} {nonce}").as_bytes()),
        };
        match does {
            Guest::Redeem => {
                let answer = self.store().redeem(redemption("own"), now).await.unwrap();
                self.observer.redeemed(job, attempt, "own", &answer);
            }
            Guest::RedeemAgain => {
                let answer = self.store().redeem(redemption("stolen"), now).await.unwrap();
                assert_ne!(answer, Redeemed::Unknown);
                self.observer.redeemed(job, attempt, "stolen", &answer);
            }
            Guest::Start => {
                let _refused_before_redemption =
                    self.store().apply(job, Fence::Guest(attempt), Event::Started, now).await;
            }
            Guest::Finish => {
                let event = Event::Reported(finished());
                let answer = self.store().apply(job, Fence::Guest(attempt), event, now).await;
                self.observer.reported(job, answer.as_ref().ok());
            }
            Guest::Vanish => {
                self.provider.remove(&server_id);
            }
        }
    }

    /// Tells of VMs that are gone. What follows from that is for their workers to say.
    async fn sweep(&mut self) {
        for job in self.store().active_vms().await.unwrap() {
            let Some(server_id) = job.vm.server_id else { continue };
            if self.provider.contains_key(&server_id) || !job.vm.may_exist() {
                continue;
            }
            let gone = Event::VmGone { attempt: job.attempt };
            self.store().apply(job.id, Fence::Open, gone, at(self.now)).await.unwrap();
        }
    }

    async fn restart(&mut self, impatient: bool) {
        self.workers = [None, None];
        self.store = None;
        let options = StoreOptions::new(self.file());
        self.store = Some(Store::open(&options).unwrap());
        if impatient {
            self.store().expire_leases(at(self.now)).await.unwrap();
        }
    }

    pub(super) async fn check(&mut self) {
        let store = self.store();
        let file = self.file();
        self.observer.check(&store, &self.provider, &file).await;
    }

    /// Lets one honest worker finish everything, and looks at what remains.
    pub(super) async fn settle(&mut self) {
        self.restart(true).await;
        self.now = self.now.max(0) + 10_000;
        let (mut idle, mut steps) = (0, 0);
        // Pauses between tries are at most two minutes.
        while idle < 3 {
            self.claim(0).await;
            idle = if self.workers[0].is_some() { 0 } else { idle + 1 };
            self.now += 100;
            while let Some(job) = self.workers[0].clone() {
                steps += 1;
                assert!(steps < 5_000, "it never ends: {job:?}");
                self.observer.check(&self.store(), &self.provider, &self.file()).await;
                // Guests that call nobody are given up.
                let waits_for_guest = job.vm.state == VmState::Live && job.phase != Phase::Creating;
                self.work(0, if waits_for_guest { Luck::Bad } else { Luck::Good }).await;
            }
        }
        self.check().await;
        self.observer.all_over(&self.store(), &self.provider).await;
    }
}

/// A folder whose files need not wait for a disk, if there is such a place: no power is cut here.
fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn token(job: JobId, attempt: u32) -> TokenHash {
    TokenHash::of(format!("{job} {attempt}").as_bytes())
}
