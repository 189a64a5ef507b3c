//! What every part of the daemon has in hand.

use std::{collections::BTreeMap, sync::Arc};

use clawlets_cloud::{Cloud, Selector};
use clawlets_jobs::{ApplyError, Caps, Event, Fence, Job, Store, StoreError};
use clawlets_model::{JobId, Requester, cattle};
use jiff::Timestamp;
use thiserror::Error;

use super::{clock::Clock, error::StartError, signals::Signals};
use crate::{
    catalogue::{Catalogue, SoldOut},
    config::{Config, SecretFileError},
    firewall::CattleFirewall,
    github::GithubTokens,
    guest::Reach,
    job_files::JobFiles,
    reaper::Fleet,
    spawn::{Order, OrderError, Secrets, read_values, variables},
};

/// What every part of the daemon has in hand.
pub(crate) struct Shared {
    clock: Clock,
    /// The settings.
    pub(crate) config: Arc<Config>,
    /// The jobs.
    pub(crate) store: Store,
    /// What they leave on disk.
    pub(crate) files: JobFiles,
    /// Where VMs come from.
    pub(crate) cloud: Arc<dyn Cloud>,
    /// What the last look at the provider showed.
    pub(crate) fleet: Fleet,
    /// What the provider sells.
    pub(crate) catalogue: Catalogue,
    /// Where it had no room lately.
    pub(crate) sold_out: SoldOut,
    /// What keeps others away from VMs.
    pub(crate) firewall: CattleFirewall,
    /// Who tells whom that something happened.
    pub(crate) signals: Signals,
    /// How guests reach us.
    pub(crate) reach: Reach,
    /// The tokens for GitHub of VMs that are at work.
    pub(crate) github: GithubTokens,
    /// The caps on VMs.
    pub(crate) caps: Arc<Caps>,
}

/// Why it cannot be said what a job orders, or what it is given.
#[derive(Debug, Error)]
pub(crate) enum JobError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was enqueued cannot be read back.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretFileError),
    /// The task that read a file was interrupted.
    #[error("reading a file was interrupted")]
    Interrupted,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("id", &self.config.id).finish_non_exhaustive()
    }
}

impl Shared {
    /// # Errors
    /// [`StartError`] when a client cannot be set up.
    pub(crate) fn new(
        clock: Clock,
        config: Arc<Config>,
        store: Store,
        files: JobFiles,
        cloud: Arc<dyn Cloud>,
        reach: Reach,
    ) -> Result<Self, StartError> {
        let max_active: BTreeMap<Requester, u32> =
            config.bots.iter().map(|(bot, policy)| (Requester::from(bot), policy.max_active)).collect();
        let caps = Arc::new(Caps { max_instances: config.cattle.max_instances, max_active });
        let github = GithubTokens::new(config.github.as_ref(), store.clone(), clock.clone())?;
        Ok(Self {
            clock,
            config,
            store,
            files,
            cloud,
            fleet: Fleet::default(),
            catalogue: Catalogue::default(),
            sold_out: SoldOut::default(),
            firewall: CattleFirewall::default(),
            signals: Signals::default(),
            reach,
            github,
            caps,
        })
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Every cattle VM in the provider's project, of whichever orchestrator.
    pub(crate) fn all_cattle() -> Selector {
        Selector::parse(cattle::SELECTOR).expect("the fixed selector is valid")
    }

    /// What a job orders.
    ///
    /// # Errors
    /// [`JobError`].
    pub(crate) async fn order(&self, job: JobId) -> Result<Order, JobError> {
        let payload = self.store.payload(job).await?.ok_or(OrderError::Missing(job))?;
        let snapshots = self.files.snapshots.clone();
        let read = tokio::task::spawn_blocking(move || Order::read(job, payload, &snapshots)).await;
        Ok(read.map_err(|_| JobError::Interrupted)??)
    }

    /// The secrets that a job's VM is given, as they are now, but for its token for GitHub.
    ///
    /// # Errors
    /// [`JobError`].
    pub(crate) async fn secrets_of(&self, job: &Job, order: &Order) -> Result<Secrets, JobError> {
        let model = order.snapshot.model.as_ref();
        let names = variables(&self.config, &job.requester, order.task.work(), model, &order.persona);
        if names.is_empty() {
            return Ok(Secrets::new());
        }
        let config = Arc::clone(&self.config);
        let read = tokio::task::spawn_blocking(move || read_values(&config, &names)).await;
        Ok(read.map_err(|_| JobError::Interrupted)??)
    }

    /// Applies an event to a job, and tells whoever waits for it.
    pub(crate) async fn apply(&self, job: JobId, fence: Fence, event: Event) -> Result<Job, ApplyError> {
        let job = self.store.apply(job, fence, event, self.now()).await?;
        self.after(&job).await;
        Ok(job)
    }

    /// Tells whoever waits for a job that it changed. Once its result is decided, its log gets no more records.
    pub(crate) async fn after(&self, job: &Job) {
        self.signals.changed(job.id);
        self.github.let_go(job);
        if job.status.is_final() {
            let (logs, id) = (self.files.logs.clone(), job.id);
            let closed = tokio::task::spawn_blocking(move || logs.close(id)).await;
            match closed {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(job_id = %id, %error, "failed to flush a log"),
                Err(error) => tracing::error!(job_id = %id, %error, "flushing a log was interrupted"),
            }
        }
        if !job.holds_slot() {
            self.signals.dispatch();
        }
    }
}
