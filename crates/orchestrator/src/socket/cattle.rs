//! What operators do with VMs.

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    http::Uri,
};
use clawlets_cloud::Server;
use clawlets_jobs::{Event, Fence, Job};
use clawlets_model::{
    LabelKey, LabelValue, Reason, Ttl, cattle as labels, limits,
    socket::{CattleAnswer, CattleChange, ConsoleAnswer, ExtendRequest, ReapAnswer, ReapRequest},
};

use super::{access::operators_only, answer::Fault, query::Parameters, request::read, routes::Api};
use crate::{
    identity::Caller,
    reaper::{self, DryRun},
};

pub(super) async fn list(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<CattleAnswer>, Fault> {
    operators_only(&caller, "the list of VMs")?;
    let cattle = reaper::cattle_views(&api.shared).await?;
    Ok(Json(CattleAnswer { protocol_version: limits::PROTOCOL_VERSION, cattle }))
}

pub(super) async fn leaks(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<CattleAnswer>, Fault> {
    operators_only(&caller, "the list of leaks")?;
    let cattle = reaper::leaks(&api.shared).await?;
    Ok(Json(CattleAnswer { protocol_version: limits::PROTOCOL_VERSION, cattle }))
}

pub(super) async fn reap(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    body: Body,
) -> Result<Json<ReapAnswer>, Fault> {
    operators_only(&caller, "reaping")?;
    let request: ReapRequest = read(body).await?;
    let dry_run = if request.dry_run { DryRun::Yes } else { DryRun::No };
    let look = reaper::look(&api.shared).await?;
    let reaped = reaper::delete_doomed(&api.shared, &look, dry_run).await?;
    Ok(Json(ReapAnswer { protocol_version: limits::PROTOCOL_VERSION, dry_run: request.dry_run, reaped }))
}

pub(super) async fn destroy(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<CattleChange>, Fault> {
    operators_only(&caller, "destroying a VM")?;
    let (server_id, name) = match api.job_if_any(&caller, &id).await? {
        Some(job) => {
            let (server_id, name) = vm_of(&job)?;
            api.destroy_vm_of(&job).await?;
            (server_id, name)
        }
        None => {
            let server = api.server_without_a_job(&id).await?;
            api.shared.cloud.delete_server(server.id).await?;
            (server.id.get(), server.name)
        }
    };
    tracing::info!(server_id, name, "an operator destroys a VM");
    Ok(Json(CattleChange { protocol_version: limits::PROTOCOL_VERSION, server_id, name, expires_at: None }))
}

pub(super) async fn extend(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<CattleChange>, Fault> {
    operators_only(&caller, "extending a VM")?;
    let request: ExtendRequest = read(body).await?;
    let most = api.shared.config.cattle.max_ttl;
    let ttl =
        request.ttl.within(Ttl::MIN, most).map_err(|error| Fault::bad_request(format!("ttl: {error}")))?;
    let job = api.job(&caller, &id).await?;
    let (server_id, name) = vm_of(&job)?;
    let expires_at = api.shared.now() + std::time::Duration::from_secs(ttl.seconds());
    // The labels come first: a VM that seems to live longer than its job is deleted in time all the same, one that
    // seems to live shorter would be reaped.
    let server = api.shared.cloud.server(clawlets_cloud::ServerId::new(server_id)).await?;
    let server = server.ok_or_else(|| Fault::not_found(&format!("server {server_id}")))?;
    let mut new_labels = server.labels.clone();
    let key = LabelKey::parse(labels::keys::EXPIRES_AT).expect("the fixed label keys are valid");
    new_labels.insert(key, LabelValue::from_number(u64::try_from(expires_at.as_second()).unwrap_or(0)));
    api.shared.cloud.set_labels(server.id, &new_labels).await?;
    let (id, budget) = (job.id, api.shared.config.cattle.budget);
    let job = match api.shared.store.extend(id, expires_at, budget, api.shared.now()).await {
        Ok(job) => job,
        Err(error) => {
            // Without this the VM would outlive its job if the daemon died.
            if let Err(error) = api.shared.cloud.set_labels(server.id, &server.labels).await {
                tracing::warn!(
                    server_id,
                    error = clawlets_model::cause::chain(&error),
                    "failed to take an extension back"
                );
            }
            return Err(error.into());
        }
    };
    api.shared.after(&job).await;
    tracing::info!(job_id = %job.id, server_id, %expires_at, "an operator extends a VM");
    Ok(Json(CattleChange {
        protocol_version: limits::PROTOCOL_VERSION,
        server_id,
        name,
        expires_at: job.expires_at,
    }))
}

pub(super) async fn console(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Json<ConsoleAnswer>, Fault> {
    operators_only(&caller, "the console of a VM")?;
    let from = Parameters::read(&uri, &["from"])?.get("from", str::parse::<u64>)?.unwrap_or(0);
    let (server_id, name) = match api.job_if_any(&caller, &id).await? {
        Some(job) => vm_of(&job)?,
        None => {
            let server = api.server_without_a_job(&id).await?;
            (server.id.get(), server.name)
        }
    };
    let part = api.shared.reach.console(server_id, from).await?;
    Ok(Json(ConsoleAnswer {
        protocol_version: limits::PROTOCOL_VERSION,
        server_id,
        name,
        from: part.from,
        next: part.next,
        text: part.text,
    }))
}

/// The VM of a job, if it has one.
fn vm_of(job: &Job) -> Result<(u64, String), Fault> {
    match (job.vm.may_exist(), job.vm.server_id, &job.vm.server_name) {
        (true, Some(id), Some(name)) => Ok((id, name.clone())),
        (true, None, _) | (true, Some(_), None) => {
            Err(Fault::conflict(format!("the VM of job {} is being created; cancel the job instead", job.id)))
        }
        (false, _, _) => Err(Fault::conflict(format!("job {} has no VM", job.id))),
    }
}

impl Api {
    /// Ends the job, if it has not ended, and has its driver delete the VM. What the job or its driver did meanwhile by
    /// itself is not asked for again.
    async fn destroy_vm_of(&self, job: &Job) -> Result<(), Fault> {
        let mut events = Vec::new();
        if !job.status.is_final() {
            let message = Some("its VM was destroyed by an operator".to_owned());
            events.push(Event::CancelRequested);
            events.push(Event::Ended { reason: Reason::Canceled, message });
        }
        events.push(Event::DeleteRequested);
        for event in events {
            match self.shared.apply(job.id, Fence::Open, event).await {
                Ok(_) | Err(clawlets_jobs::ApplyError::Refused(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// A VM of ours that no job is known for, by its id or name.
    async fn server_without_a_job(&self, reference: &str) -> Result<Server, Fault> {
        let servers = self.shared.cloud.servers(&crate::daemon::Shared::all_cattle()).await?;
        let found = servers
            .into_iter()
            .find(|server| server.name == reference || server.id.to_string() == reference)
            .ok_or_else(|| Fault::not_found(&format!("VM {reference:?}")))?;
        let owner = labels::label(&found.labels, labels::keys::ORCHESTRATOR);
        if owner == Some(self.shared.config.id.as_str()) {
            Ok(found)
        } else {
            let owner = owner.unwrap_or("nobody");
            Err(Fault::forbidden(format!("VM {} belongs to orchestrator {owner}", found.name)))
        }
    }
}
