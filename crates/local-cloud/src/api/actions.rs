//! `/actions`: what changes are doing.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    envelope::{found, page},
    params::Params,
    problem::Problem,
    shared::Shared,
};
use crate::cloud::{Action, Failure, Project, ResourceKind, rfc3339};

/// Ids that one request may ask for.
const MAX_IDS: usize = 25;
pub(super) const SORTABLE: &[&str] = &["id", "command", "status", "started", "finished"];

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/actions", get(by_ids))
        .route("/actions/{id}", get(one))
        .route("/servers/actions", get(of_servers))
        .route("/servers/actions/{id}", get(one))
        .route("/servers/{server}/actions", get(of_server))
        .route("/servers/{server}/actions/{id}", get(one_of_server))
        .route("/images/actions", get(of_images))
        .route("/images/actions/{id}", get(one))
        .route("/firewalls/actions", get(of_firewalls))
        .route("/firewalls/actions/{id}", get(one))
        .route("/firewalls/{firewall}/actions", get(of_firewall))
}

/// How an action looks.
pub(super) fn view(action: &Action) -> Value {
    let resources: Vec<Value> = action
        .resources
        .iter()
        .map(|resource| json!({ "id": resource.id, "type": resource.kind.as_str() }))
        .collect();
    json!({
        "id": action.id,
        "command": action.command.as_str(),
        "status": action.status.as_str(),
        "progress": action.progress(),
        "started": rfc3339(action.started),
        "finished": action.finished.map(rfc3339),
        "resources": resources,
        "error": action.error.as_ref().map(|error| json!({ "code": error.code, "message": error.message })),
    })
}

pub(super) fn views(actions: &[Action]) -> Vec<Value> {
    actions.iter().map(view).collect()
}

/// Every action that is asked for by its id comes back, or the request fails: a client that waits for several must
/// not take a missing one for a finished one.
async fn by_ids(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    let ids = params.ids("id")?;
    if ids.is_empty() {
        return Err(Failure::field("id", "Missing data for required field.").into());
    }
    if ids.len() > MAX_IDS {
        return Err(Failure::field("id", format!("at most {MAX_IDS} ids can be asked for")).into());
    }
    let project = shared.cloud.project();
    let asked = ids.iter().map(|id| project.action(*id).map(view)).collect::<Result<Vec<_>, _>>()?;
    page("actions", asked, SORTABLE, &params)
}

async fn one(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    Ok(found(&json!({ "action": view(shared.cloud.project().action(id)?) })))
}

async fn of_servers(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    list(&shared.cloud.project(), &params, |action| has_kind(action, ResourceKind::Server))
}

async fn of_images(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    list(&shared.cloud.project(), &params, |action| has_kind(action, ResourceKind::Image))
}

async fn of_firewalls(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    list(&shared.cloud.project(), &params, |action| has_kind(action, ResourceKind::Firewall))
}

async fn of_server(
    State(shared): State<Shared>,
    Path(server): Path<u64>,
    params: Params,
) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    project.server(server)?;
    list(&project, &params, |action| action.concerns(ResourceKind::Server, server))
}

async fn of_firewall(
    State(shared): State<Shared>,
    Path(firewall): Path<u64>,
    params: Params,
) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    project.firewalls.get(firewall).ok_or_else(|| Failure::no_id("firewall", firewall))?;
    list(&project, &params, |action| action.concerns(ResourceKind::Firewall, firewall))
}

async fn one_of_server(
    State(shared): State<Shared>,
    Path((server, id)): Path<(u64, u64)>,
) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    let action = project.action(id)?;
    if !action.concerns(ResourceKind::Server, server) {
        return Err(Failure::no_id("action", id).into());
    }
    Ok(found(&json!({ "action": view(action) })))
}

fn has_kind(action: &Action, kind: ResourceKind) -> bool {
    action.resources.iter().any(|resource| resource.kind == kind)
}

fn list(project: &Project, params: &Params, wanted: impl Fn(&Action) -> bool) -> Result<Response, Problem> {
    let ids = params.ids("id")?;
    let rows = project
        .actions()
        .filter(|action| wanted(action))
        .filter(|action| ids.is_empty() || ids.contains(&action.id))
        .filter(|action| params.allows("status", action.status.as_str()))
        .map(view)
        .collect();
    page("actions", rows, SORTABLE, params)
}
