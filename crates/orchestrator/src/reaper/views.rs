//! What people are shown of the VMs.

use clawlets_cloud::Server;
use clawlets_model::{JobId, cattle, socket::CattleView};
use jiff::Timestamp;

use super::sweep::{Look, SweepError, look};
use crate::daemon::Shared;

/// Every VM of this orchestrator, oldest first.
///
/// # Errors
/// [`SweepError`] when the provider cannot be asked.
pub(crate) async fn cattle_views(shared: &Shared) -> Result<Vec<CattleView>, SweepError> {
    let Look { mut servers, .. } = look(shared).await?;
    servers.retain(|server| is_ours(shared, server));
    Ok(views(shared, servers).await)
}

/// Every VM of this orchestrator that no job owns, oldest first. None is the healthy answer.
///
/// # Errors
/// [`SweepError`] when the provider cannot be asked.
pub(crate) async fn leaks(shared: &Shared) -> Result<Vec<CattleView>, SweepError> {
    let Look { mut servers, owned } = look(shared).await?;
    servers.retain(|server| is_ours(shared, server) && owned.owner(server).is_none());
    Ok(views(shared, servers).await)
}

fn is_ours(shared: &Shared, server: &Server) -> bool {
    cattle::label(&server.labels, cattle::keys::ORCHESTRATOR) == Some(shared.config.id.as_str())
}

async fn views(shared: &Shared, servers: Vec<Server>) -> Vec<CattleView> {
    if servers.is_empty() {
        return Vec::new();
    }
    let now = shared.now();
    let offers = shared.catalogue.offers(&*shared.cloud).await;
    let cost = |server: &Server| offers.as_ref()?.cost(server, now);
    let one = |server: &Server| CattleView { cost_eur: cost(server), ..view(server, now) };
    let mut views: Vec<CattleView> = servers.iter().map(one).collect();
    views.sort_by_key(|view| (view.created_at, view.server_id));
    views
}

fn view(server: &Server, now: Timestamp) -> CattleView {
    let label = |key| cattle::label(&server.labels, key).map(str::to_owned);
    let created_at = cattle::created_at(&server.labels).unwrap_or(server.created);
    let expires_at = cattle::expires_at(&server.labels);
    CattleView {
        server_id: server.id.get(),
        name: server.name.clone(),
        status: server.status.as_str().to_owned(),
        job_id: label(cattle::keys::JOB_ID).and_then(|text| JobId::parse(&text).ok()),
        requester: label(cattle::keys::REQUESTER),
        persona: label(cattle::keys::PERSONA),
        task_id: label(cattle::keys::TASK_ID),
        created_at: Some(created_at),
        expires_at,
        age_seconds: Some(now.as_second() - created_at.as_second()),
        remaining_seconds: expires_at.map(|at| at.as_second() - now.as_second()),
        cost_eur: None,
    }
}
