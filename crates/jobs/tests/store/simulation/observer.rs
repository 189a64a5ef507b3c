//! What a naive observer knows of the world, and what must always hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use clawlets_jobs::{ApplyError, Enqueued, Filter, Job, NewJob, Redeemed, Refused, Store};
use clawlets_model::{JobId, Phase, Reason, Requester, Status, VmState};
use jiff::Timestamp;

use super::world::{MAX_INSTANCES, Machine, World};

/// Everything that was ever told to somebody.
#[derive(Default)]
pub(super) struct Observer {
    /// Jobs as they were last seen, in the order of enqueueing.
    seen: BTreeMap<JobId, Job>,
    /// The job and content of each key.
    keys: BTreeMap<(Requester, String), (JobId, NewJob)>,
    /// The VMs that spent their token, and with which nonce.
    spent: BTreeMap<(JobId, u32), &'static str>,
    /// Jobs whose guest was told that its result arrived.
    told: BTreeSet<JobId>,
}

impl Observer {
    pub(super) fn nth(&self, number: usize) -> Option<JobId> {
        let count = self.seen.len().max(1);
        self.seen.keys().nth(number % count).copied()
    }

    pub(super) async fn jobs(&self, store: &Store) -> Vec<Job> {
        let page = store.list(Filter { limit: Some(500), ..Filter::default() }).await.unwrap();
        assert!(page.next.is_none());
        page.jobs
    }

    pub(super) fn enqueued(&mut self, new: &NewJob, answer: Enqueued) {
        let key = new.idempotency_key.clone().map(|key| (new.requester.clone(), key));
        match key.clone().and_then(|key| self.keys.get(&key)) {
            Some((job, _)) => assert_eq!(answer, Enqueued { job: *job, deduped: true }),
            None => assert_eq!(answer, Enqueued { job: new.id, deduped: false }),
        }
        if let (Some(key), false) = (key, answer.deduped) {
            self.keys.insert(key, (new.id, new.clone()));
        }
    }

    pub(super) fn conflict(&self, new: &NewJob, job: JobId) {
        let key = new.idempotency_key.clone().expect("only keys conflict");
        let (first, content) = &self.keys[&(new.requester.clone(), key)];
        assert_eq!(job, *first);
        let same = (new.run_at, new.priority, new.max_attempts, new.when_full)
            == (content.run_at, content.priority, content.max_attempts, content.when_full);
        assert!(!same, "the same content is no conflict");
    }

    /// Compares a claim with what may be claimed.
    pub(super) fn claimed(&self, before: &[Job], claimed: Option<&Job>, now: Timestamp) {
        let abandoned =
            |job: &&Job| job.is_in_hand() && job.lease.as_ref().is_none_or(|lease| lease.is_expired(now));
        let due = |job: &&Job| {
            job.status == Status::Queued && job.run_at <= now && (!job.waits_for_room() || fits(before, job))
        };
        let best = before.iter().filter(due).map(|job| job.priority).max();
        let Some(claimed) = claimed else {
            assert_eq!(before.iter().find(abandoned), None);
            assert_eq!(before.iter().find(due), None);
            return;
        };
        let was = before.iter().find(|job| job.id == claimed.id).unwrap();
        assert_eq!(claimed.lease_epoch, was.lease_epoch + 1);
        assert_eq!(claimed.attempt, was.attempt);
        if before.iter().any(|job| abandoned(&job)) {
            assert!(abandoned(&was), "the abandoned go first");
        } else {
            assert!(due(&was));
            assert_eq!(Some(was.priority), best, "the highest priority goes first");
        }
    }

    /// Only the worker of the newest epoch is heard.
    pub(super) fn fenced(&self, asked: &Job, heard: bool) {
        let newest = self.seen.get(&asked.id).map_or(0, |job| job.lease_epoch);
        assert!(
            !heard || asked.lease_epoch >= newest,
            "epoch {} was heard after {newest}",
            asked.lease_epoch
        );
    }

    pub(super) fn canceled(&self, job: JobId, answer: Result<Job, ApplyError>) {
        let before = &self.seen[&job];
        match answer {
            Ok(job) => assert!(job.cancel_requested && !before.status.is_final()),
            Err(ApplyError::Refused(Refused::Ended { .. })) => assert!(before.status.is_final()),
            Err(other) => panic!("{other}"),
        }
    }

    pub(super) fn forgotten(&mut self, jobs: &[JobId], before: Timestamp) {
        for job in jobs {
            let job = self.seen.remove(job).unwrap();
            assert!(job.phase == Phase::Gone && job.ended_at.unwrap() < before);
        }
    }

    pub(super) fn redeemed(&mut self, job: JobId, attempt: u32, nonce: &'static str, answer: &Redeemed) {
        let first = self.spent.get(&(job, attempt)).copied();
        match answer {
            Redeemed::First(_) => {
                assert_eq!(first, None, "a token is spent once");
                self.spent.insert((job, attempt), nonce);
            }
            Redeemed::Repeated(_) => assert_eq!(first, Some(nonce)),
            Redeemed::Replayed(job) => {
                assert!(first.is_some());
                assert!(job.status.is_final());
            }
            Redeemed::Expired(_) => {}
            Redeemed::Unknown => panic!("every VM has a token"),
        }
    }

    pub(super) fn reported(&mut self, job: JobId, answer: Option<&Job>) {
        if let Some(after) = answer {
            assert!(after.status.is_final());
            self.told.insert(job);
        }
    }

    /// What must hold after every action.
    pub(super) async fn check(&mut self, store: &Store, provider: &BTreeMap<u64, Machine>, file: &Path) {
        let jobs = self.jobs(store).await;
        for job in &jobs {
            if let Some(before) = self.seen.get(&job.id) {
                check_course(before, job);
            }
            check_state(job);
            let vms: Vec<_> = provider.values().filter(|vm| vm.job == job.id).collect();
            assert!(vms.len() <= 1, "{} has {vms:?}", job.id);
            if let [vm] = vms[..] {
                assert!(job.holds_slot() && job.vm.may_exist(), "{vm:?} is not on the books of {job:?}");
                assert_eq!(vm.attempt, job.attempt);
            }
        }
        let known: BTreeMap<_, _> = jobs.into_iter().map(|job| (job.id, job)).collect();
        for job in self.seen.keys().chain(&self.told) {
            assert!(known.contains_key(job) || !self.seen.contains_key(job), "{job} was lost");
        }
        self.seen = known;
        self.check_sums(store, provider, file).await;
    }

    async fn check_sums(&self, store: &Store, provider: &BTreeMap<u64, Machine>, file: &Path) {
        let count = |status| self.seen.values().filter(|job| job.status == status).count() as u64;
        let slots = self.seen.values().filter(|job| job.holds_slot()).count();
        let counts = store.counts().await.unwrap();
        assert_eq!(counts.slots, slots as u64);
        assert!(slots <= MAX_INSTANCES as usize && provider.len() <= MAX_INSTANCES as usize);
        let statuses = [counts.queued, counts.running, counts.done, counts.failed, counts.canceled];
        assert_eq!(statuses.to_vec(), Status::ALL.iter().map(|status| count(*status)).collect::<Vec<_>>());
        let db = rusqlite::Connection::open(file).unwrap();
        let ends = "SELECT max(n) FROM (SELECT count(*) AS n FROM events WHERE event = 'ended' GROUP BY job)";
        let most: Option<u32> = db.query_row(ends, [], |row| row.get(0)).unwrap();
        assert!(most.is_none_or(|most| most == 1), "a job ended {most:?} times");
    }

    /// What must hold when nothing is left to do.
    pub(super) async fn all_over(&self, store: &Store, provider: &BTreeMap<u64, Machine>) {
        assert!(provider.is_empty(), "leaked: {provider:?}");
        assert!(store.active_vms().await.unwrap().is_empty());
        for job in self.seen.values() {
            assert!(job.status.is_final() && job.phase == Phase::Gone, "{job:?}");
            let told = self.told.contains(&job.id);
            assert!(!told || store.result(job.id).await.unwrap().is_some());
        }
    }
}

/// Whether there is room for a job that waits.
fn fits(jobs: &[Job], job: &Job) -> bool {
    let taken = |who: Option<&Requester>| {
        let counts = |other: &&Job| other.holds_slot() && who.is_none_or(|who| *who == other.requester);
        u32::try_from(jobs.iter().filter(counts).count()).unwrap()
    };
    World::room().admit(&job.requester, taken(Some(&job.requester)), taken(None)).is_ok()
}

/// What must hold between two sights of a job.
fn check_course(before: &Job, after: &Job) {
    assert!(after.lease_epoch >= before.lease_epoch);
    if before.status.is_final() {
        let result = |job: &Job| (job.status, job.reason, job.ended_at, job.exit_code, job.result);
        assert_eq!(result(before), result(after), "a result is final");
        assert_eq!(before.attempt, after.attempt);
    }
    assert!(after.attempt == before.attempt || after.attempt == before.attempt + 1);
    if after.attempt != before.attempt {
        assert!(!before.vm.may_exist(), "attempt {} began before the last vm was gone", after.attempt);
        assert!(!before.vm.redeemed, "a task was tried twice");
    }
    if before.vm.redeemed {
        assert!(after.vm.redeemed && after.status != Status::Queued);
    }
}

/// What must hold at any time.
fn check_state(job: &Job) {
    assert_eq!(job.status.is_final(), job.reason.is_some());
    assert_eq!(job.status.is_final(), job.ended_at.is_some());
    assert!(job.attempt <= job.max_attempts.get());
    let settled = job.status.is_final() && !job.vm.may_exist();
    assert_eq!(job.phase == Phase::Gone, settled);
    assert!(job.lease.is_none() || job.is_in_hand());
    if job.status == Status::Queued {
        assert!(job.lease.is_none() && !job.vm.may_exist() && !job.cancel_requested);
    }
    assert!(job.vm.state != VmState::Live || job.expires_at.is_some());
    if job.status == Status::Canceled {
        assert_eq!((job.reason, job.cancel_requested), (Some(Reason::Canceled), true));
    }
}
