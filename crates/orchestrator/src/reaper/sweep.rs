//! Looking at the provider and acting on it.

use std::time::Duration;

use clawlets_cloud::{CloudError, Server, ServerId};
use clawlets_jobs::{Event, Fence, Job, StoreError};
use clawlets_model::{Reason, VmState, cause::chain, socket::Reaped};
use thiserror::Error;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::judge::{Doom, Owned, Verdict, judge};
use crate::daemon::Shared;

/// The pause before a look that failed is tried again.
const RETRY: Duration = Duration::from_secs(5);

/// Why a look failed.
#[derive(Debug, Error)]
pub(crate) enum SweepError {
    /// The provider did not show its list.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// The store did not say what is owned.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a look showed.
pub(crate) struct Look {
    pub(super) servers: Vec<Server>,
    pub(super) owned: Owned,
}

/// Looks at the provider now, at every interval, and when somebody needs to know, until the daemon stops.
pub(crate) async fn run(shared: &Shared, stop: &CancellationToken) {
    loop {
        let swept = tokio::select! {
            () = stop.cancelled() => return,
            swept = sweep_once(shared) => swept,
        };
        let failed = match swept {
            Ok(_) => false,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "failed to look at the provider");
                metrics::counter!("clf_sweeps_failed_total").increment(1);
                true
            }
        };
        let wanted = async {
            // Jobs that wait for a look do not make a provider that fails be asked more often.
            if failed { std::future::pending().await } else { shared.fleet.wanted().await }
        };
        let pause =
            if failed { RETRY.min(shared.config.reaping.interval) } else { shared.config.reaping.interval };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
            () = wanted => {}
        }
    }
}

/// One look with everything that follows from it: what must go is deleted, jobs whose VM is gone are told, and the room
/// is known.
///
/// # Errors
/// [`SweepError`]; a VM that could not be deleted is logged, and tried again at the next look.
pub(crate) async fn sweep_once(shared: &Shared) -> Result<Vec<Reaped>, SweepError> {
    let look = look(shared).await?;
    tell_jobs_without_a_vm(shared, &look).await;
    delete_doomed(shared, &look, DryRun::No).await
}

/// Whether a sweep only says what it would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DryRun {
    /// Only say it.
    Yes,
    /// Do it.
    No,
}

/// Reads the provider's whole list.
///
/// # Errors
/// [`SweepError`].
pub(crate) async fn look(shared: &Shared) -> Result<Look, SweepError> {
    // The jobs come first: a VM that is created between the two reads has an owner that is not known here, but is too
    // young to be deleted for that; the other way round a VM would be taken for gone that is only younger than the list.
    let at = Instant::now();
    let owned = Owned::new(shared.store.active_vms().await?);
    let servers = shared.cloud.servers(&Shared::all_cattle()).await?;
    let others = servers.iter().filter(|server| owned.owner(server).is_none()).count();
    shared.fleet.saw(at, u32::try_from(others).unwrap_or(u32::MAX));
    metrics::gauge!("clf_provider_servers").set(servers.len() as f64);
    shared.signals.dispatch();
    Ok(Look { servers, owned })
}

/// A VM that the whole list does not show is gone, once the provider says so of that very VM as well: a list may lag
/// behind what exists.
async fn tell_jobs_without_a_vm(shared: &Shared, look: &Look) {
    let missing = |job: &&Job| {
        let id = job.vm.server_id;
        id.is_some_and(|id| job.vm.may_exist() && !look.servers.iter().any(|server| server.id.get() == id))
    };
    for job in look.owned.jobs().filter(missing) {
        let Some(id) = job.vm.server_id.map(ServerId::new) else { continue };
        match shared.cloud.server(id).await {
            Ok(None) => {}
            Ok(Some(_)) => continue,
            Err(error) => {
                tracing::warn!(job_id = %job.id, error = %chain(&error), "failed to look for a VM that is not listed");
                continue;
            }
        }
        if job.vm.state == VmState::Live && job.vm.redeemed && !job.status.is_final() {
            let message = Some("the VM disappeared from the provider".to_owned());
            end(shared, job, Reason::Lost, message).await;
        }
        let gone = Event::VmGone { attempt: job.attempt };
        if let Err(error) = shared.apply(job.id, Fence::Open, gone).await {
            tracing::debug!(job_id = %job.id, %error, "a job moved on while its VM disappeared");
        }
    }
}

/// Deletes what must go, or says what would.
///
/// # Errors
/// [`SweepError`].
pub(crate) async fn delete_doomed(
    shared: &Shared,
    look: &Look,
    dry_run: DryRun,
) -> Result<Vec<Reaped>, SweepError> {
    let (ours, reaping, now) = (shared.config.id.as_str(), shared.config.reaping, shared.now());
    let mut reaped = Vec::new();
    for server in &look.servers {
        let Verdict::Delete(doom) = judge(server, ours, &look.owned, reaping, now) else { continue };
        if dry_run == DryRun::No && !delete(shared, server, look.owned.owner(server), doom).await {
            continue;
        }
        reaped.push(Reaped {
            server_id: server.id.get(),
            name: server.name.clone(),
            why: doom.as_str().to_owned(),
        });
    }
    Ok(reaped)
}

/// Deletes one VM. If a job owns it, its driver does it, once the job's result is decided.
async fn delete(shared: &Shared, server: &Server, owner: Option<&Job>, doom: Doom) -> bool {
    tracing::info!(server_id = server.id.get(), name = server.name, why = doom.as_str(), "reaping a VM");
    metrics::counter!("clf_reaped_total", "why" => doom.as_str()).increment(1);
    if let Some(job) = owner {
        if !job.status.is_final() {
            let (reason, message) = match doom {
                Doom::Expired => (Reason::Ttl, "the VM reached the end of its time to live"),
                Doom::Off => (Reason::Lost, "the VM powered off without a result"),
                Doom::Unowned => (Reason::Lost, "the VM has no job"),
            };
            end(shared, job, reason, Some(message.to_owned())).await;
        }
        // A VM that is kept for inspection goes as well.
        if let Err(error) = shared.apply(job.id, Fence::Open, Event::DeleteRequested).await {
            tracing::debug!(job_id = %job.id, %error, "a job moved on while its VM was reaped");
        }
        return true;
    }
    match shared.cloud.delete_server(server.id).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(server_id = server.id.get(), error = %chain(&error), "failed to delete a VM; the next sweep tries again");
            false
        }
    }
}

async fn end(shared: &Shared, job: &Job, reason: Reason, message: Option<String>) {
    if let Err(error) = shared.apply(job.id, Fence::Open, Event::Ended { reason, message }).await {
        tracing::debug!(job_id = %job.id, %error, "a job moved on while its VM was reaped");
    }
}
