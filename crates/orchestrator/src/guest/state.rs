//! What the calls of guests work with.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    Router,
    routing::{get, post, put},
};
use clawlets_model::JobId;

use super::{
    answer::Refusal, artifacts, guesses::Guesses, heartbeat, logs, peer::PeerKey, redeem, result,
    scrubbers::Scrubbers, work,
};
use crate::{daemon::Shared, egress};

/// What the calls of guests work with. Clones share it.
#[derive(Clone)]
pub(crate) struct Guests {
    pub(super) shared: Arc<Shared>,
    pub(super) guesses: Arc<Guesses<PeerKey>>,
    pub(super) scrubbers: Arc<Scrubbers>,
}

impl Guests {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, guesses: Arc::default(), scrubbers: Arc::default() }
    }

    /// Every call of a guest. Requests carry their [`super::peer::Peer`] as an extension.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route("/v1/cattle/env", get(redeem::redeem))
            .route("/v1/cattle/work", get(work::work))
            .route("/v1/cattle/heartbeat", post(heartbeat::heartbeat))
            .route("/v1/cattle/logs", post(logs::append))
            .route("/v1/cattle/artifacts/{*name}", put(artifacts::put))
            .route("/v1/cattle/result", post(result::report))
            .fallback(async || Refusal::NotFound)
            .method_not_allowed_fallback(async || Refusal::NotFound)
            .with_state(self.clone())
    }
}

#[async_trait]
impl egress::Guests for Guests {
    async fn job_at_work(&self, server_id: u64) -> Option<JobId> {
        // Few VMs exist at once, so the list of all is short.
        let jobs = self.shared.store.active_vms().await.ok()?;
        let at_work = |job: &clawlets_jobs::Job| {
            job.vm.server_id == Some(server_id) && job.vm.redeemed && !job.status.is_final()
        };
        jobs.iter().find(|job| at_work(job)).map(|job| job.id)
    }
}
