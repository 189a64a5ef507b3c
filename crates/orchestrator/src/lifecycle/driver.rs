//! The driver of one job.

use std::{sync::Arc, time::Duration};

use clawlets_cloud::ActionId;
use clawlets_jobs::{
    ApplyError, Event, Fence, HEARTBEAT_EVERY, Job, LEASE, Refused, Reservation, Room, StoreError,
};
use clawlets_model::{JobId, JobKind, Reason, cause::chain};
use thiserror::Error;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::step::{AfterWork, Step, next_step};
use crate::{
    daemon::{JobError, JobSignal, Shared},
    spawn::{Order, Spot, charge},
    tailnet::KeyId,
};

/// The pause after something that ought not to happen, so that it does not happen all the time.
const PAUSE: Duration = Duration::from_millis(200);
/// The pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// What one driver has in hand. Nothing of it is needed to go on after a crash.
pub(super) struct Driver {
    pub(super) shared: Arc<Shared>,
    pub(super) id: JobId,
    pub(super) epoch: u64,
    pub(super) signal: Arc<JobSignal>,
    /// What the job orders; read when it is first needed.
    order: Option<Arc<Order>>,
    /// What the provider still does for the VM that was just created.
    pub(super) actions: Vec<ActionId>,
    /// Where the VM that was just created came to be.
    pub(super) spot: Option<Spot>,
    /// The key that was made for the VM to join the tailnet with.
    pub(super) join_key: Option<KeyId>,
    /// Why the current try failed.
    pub(super) failure: Option<(Reason, String)>,
    /// Since when the VM boots.
    pub(super) boots_since: Option<Instant>,
    /// Since when the guest is asked to stop.
    pub(super) stops_since: Option<Instant>,
    told_the_end: bool,
}

/// Why a driver stops before its job is over, or does a step again.
#[derive(Debug, Error)]
pub(super) enum DriveError {
    /// The job could not be changed.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the job orders cannot be read.
    #[error(transparent)]
    Order(#[from] JobError),
}

/// Looks after a job that was just claimed, until it is over, waits in the queue, or is lost to another worker.
pub(super) async fn drive(shared: Arc<Shared>, job: Job, stop: CancellationToken) {
    let signal = shared.signals.begin(job.id);
    let mut driver = Driver {
        shared: Arc::clone(&shared),
        id: job.id,
        epoch: job.lease_epoch,
        signal: Arc::clone(&signal),
        order: None,
        actions: Vec::new(),
        spot: None,
        join_key: None,
        failure: None,
        boots_since: None,
        stops_since: None,
        told_the_end: false,
    };
    tokio::select! {
        () = keep_lease(&shared, job.id, job.lease_epoch) => {
            tracing::warn!(job_id = %job.id, epoch = job.lease_epoch, "the lease was lost");
        }
        () = driver.run() => {}
        // VM and lease are left for the next daemon to take over.
        () = stop.cancelled() => {}
    }
    shared.signals.end(job.id, &signal);
    shared.signals.dispatch();
}

/// Renews the lease until it is lost.
async fn keep_lease(shared: &Shared, job: JobId, epoch: u64) {
    loop {
        tokio::time::sleep(HEARTBEAT_EVERY).await;
        match shared.store.heartbeat(job, epoch, LEASE, shared.now()).await {
            Ok(_) => {}
            // A driver whose job is over gives up its lease and leaves by itself.
            Err(ApplyError::Refused(Refused::StaleLease { current })) if current == epoch => {}
            Err(ApplyError::Refused(_) | ApplyError::Unknown(_)) => return,
            Err(error) => tracing::error!(job_id = %job, error = %chain(&error), "failed to renew a lease"),
        }
    }
}

impl Driver {
    async fn run(&mut self) {
        loop {
            let outcome = self.step().await;
            let error = match outcome {
                Ok(true) => continue,
                Ok(false) => return,
                Err(error) => error,
            };
            match error {
                DriveError::Apply(
                    ApplyError::Refused(Refused::StaleLease { .. }) | ApplyError::Unknown(_),
                ) => return,
                DriveError::Apply(ApplyError::Refused(refused)) => {
                    // Somebody else changed the job between reading and writing; it is read again.
                    tracing::debug!(job_id = %self.id, %refused, "a step no longer fits");
                    tokio::time::sleep(PAUSE).await;
                }
                DriveError::Order(JobError::Order(error)) => {
                    tracing::error!(job_id = %self.id, error = %chain(&error), "a job cannot be read back");
                    let message = Some(error.to_string());
                    if self.apply(Event::Ended { reason: Reason::Error, message }).await.is_err() {
                        tokio::time::sleep(STORE_PAUSE).await;
                    }
                }
                DriveError::Order(error) => self.store_failed(&error).await,
                DriveError::Apply(error) => self.store_failed(&error).await,
                DriveError::Store(error) => self.store_failed(&error).await,
            }
        }
    }

    async fn store_failed(&self, error: &(dyn std::error::Error + Sync)) {
        tracing::error!(job_id = %self.id, error = %chain(error), "the store failed");
        tokio::time::sleep(STORE_PAUSE).await;
    }

    /// Does what is to be done next. `false` when nothing is left to do here.
    async fn step(&mut self) -> Result<bool, DriveError> {
        let Some(job) = self.shared.store.get(self.id).await? else { return Ok(false) };
        if job.lease.is_none() || job.lease_epoch != self.epoch {
            return Ok(false);
        }
        if job.status.is_final() && !self.told_the_end {
            // Whoever decided the result may have been interrupted before it told anybody.
            self.told_the_end = true;
            self.shared.after(&job).await;
        }
        let after_work = self.after_work(&job).await?;
        let mut step = next_step(&job, after_work, self.shared.now());
        if matches!(step, Step::Create | Step::Reserve) && self.failure.is_some() {
            step = Step::FailAttempt;
        }
        tracing::debug!(job_id = %self.id, ?step, phase = %job.phase, vm = %job.vm.state, "next step");
        match step {
            Step::Leave => return Ok(false),
            Step::Reap => self.reap(&job).await?,
            Step::Reserve => self.reserve().await?,
            Step::Create => self.create(&job).await?,
            Step::Find => self.find(&job).await?,
            Step::AwaitBoot => self.await_boot(&job).await?,
            Step::Watch => self.watch(&job).await?,
            Step::AwaitStop => self.await_stop().await?,
            Step::End(reason) => self.end(reason).await?,
            Step::KeepUntil(at) => self.wait_until(at).await,
            Step::Delete => self.delete(&job).await?,
            Step::FailAttempt => self.fail_attempt(&job).await?,
        }
        Ok(true)
    }

    async fn after_work(&mut self, job: &Job) -> Result<AfterWork, DriveError> {
        let keeps = match job.kind {
            JobKind::CattleReap => false,
            JobKind::CattleSpawn => match self.order().await {
                Ok(order) => !order.snapshot.auto_shutdown,
                // A job whose order cannot be read has ended for that; its VM must go all the same.
                Err(_) if job.status.is_final() => false,
                Err(error) => return Err(error),
            },
        };
        Ok(if keeps { AfterWork::Keep } else { AfterWork::Delete })
    }

    /// What the job orders.
    pub(super) async fn order(&mut self) -> Result<Arc<Order>, DriveError> {
        if let Some(order) = &self.order {
            return Ok(Arc::clone(order));
        }
        let order = Arc::new(self.shared.order(self.id).await?);
        self.order = Some(Arc::clone(&order));
        Ok(order)
    }

    /// Applies an event under the lease.
    pub(super) async fn apply(&self, event: Event) -> Result<Job, DriveError> {
        Ok(self.shared.apply(self.id, Fence::Lease(self.epoch), event).await?)
    }

    /// The VM did not come to be: nobody else is to join the tailnet with its key.
    pub(super) fn revoke_key(&mut self) {
        if let Some(key) = self.join_key.take() {
            self.shared.reach.revoke_soon(key);
        }
    }

    async fn reserve(&mut self) -> Result<(), DriveError> {
        let order = self.order().await?;
        let charge = match charge(&self.shared, &order.snapshot).await {
            Ok(charge) => charge,
            Err(error) => {
                self.failure = Some((Reason::Error, error.to_string()));
                return Ok(());
            }
        };
        let room = Room { charge, ..self.shared.fleet.fresh_room(&self.shared.caps).await };
        let reservation = self.shared.store.reserve(self.id, self.epoch, room, self.shared.now()).await?;
        match reservation {
            Reservation::Reserved(_) => {}
            Reservation::Waiting(job, full) | Reservation::Refused(job, full) => {
                tracing::info!(job_id = %self.id, %full, "no room for a VM");
                self.shared.after(&job).await;
            }
        }
        Ok(())
    }

    pub(super) async fn end(&mut self, reason: Reason) -> Result<(), DriveError> {
        let message = match reason {
            Reason::Ttl => Some("the VM reached the end of its time to live".to_owned()),
            Reason::Lost => Some("the VM disappeared".to_owned()),
            Reason::Finished
            | Reason::Nonzero
            | Reason::Timeout
            | Reason::Oom
            | Reason::Canceled
            | Reason::Incident
            | Reason::Capacity
            | Reason::BootFailed
            | Reason::Error => None,
        };
        self.apply(Event::Ended { reason, message }).await.map(drop)
    }

    async fn fail_attempt(&mut self, job: &Job) -> Result<(), DriveError> {
        // A VM that gets no token gives up by itself, which looks like one that never called.
        let no_token = self.shared.github.trouble(self.id).map(|why| (Reason::Error, why));
        let failure = no_token.or_else(|| self.failure.clone());
        let (reason, message) = failure.unwrap_or_else(|| match job.vm.server_id {
            Some(_) => (Reason::BootFailed, "the VM was given up while it booted".to_owned()),
            None => (Reason::Error, "the VM was asked for and never appeared".to_owned()),
        });
        self.apply(Event::AttemptFailed { reason, message }).await?;
        self.failure = None;
        Ok(())
    }

    /// Waits until the job changes, at most until `at`.
    pub(super) async fn wait_until(&self, at: jiff::Timestamp) {
        let left = at.duration_since(self.shared.now());
        let left = Duration::try_from(left).unwrap_or_default().max(Duration::from_millis(10));
        tokio::select! {
            () = self.signal.changed() => {}
            () = tokio::time::sleep(left) => {}
        }
    }
}
