//! `/servers`.

use std::time::{Duration, Instant};

use axum::{
    Extension, Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use jiff::SignedDuration;
use serde_json::json;

use super::{
    actions,
    envelope::{created, found, page},
    fields::Fields,
    params::Params,
    problem::Problem,
    server_order, server_view,
    shared::Shared,
};
use crate::{
    cloud::{Cloud, Project, Server},
    fault::Verdict,
};

const SORTABLE: &[&str] = &["id", "name", "created"];
/// Characters of a password for a server without keys.
const PASSWORD_LENGTH: usize = 20;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/servers", get(list).post(create))
        .route("/servers/{id}", get(one).put(update).delete(remove))
}

async fn list(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    params: Params,
) -> Result<Response, Problem> {
    let selected = params.label_selector()?;
    let project = shared.cloud.project();
    let rows = seen(&project, &shared.cloud, verdict.list_lag)
        .into_iter()
        .filter(|server| params.allows("name", &server.name) && selected(&server.labels))
        .filter(|server| params.allows("status", server.status.as_str()))
        .map(|server| server_view::view(&project, server, &shared.cloud.clock))
        .collect();
    page("servers", rows, SORTABLE, &params)
}

/// The servers that a list shows when it is `lag` late.
fn seen<'a>(project: &'a Project, cloud: &Cloud, lag: Duration) -> Vec<&'a Server> {
    if lag.is_zero() {
        return project.servers().collect();
    }
    let newest = cloud.clock.now() - SignedDuration::try_from(lag).unwrap_or(SignedDuration::MAX);
    let still_shown = Instant::now().checked_sub(lag).map(|since| project.deleted_since(since));
    let was_there = |server: &&Server| server.created <= newest;
    project.servers().chain(still_shown.into_iter().flatten()).filter(was_there).collect()
}

async fn one(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    Ok(found(&json!({ "server": server_view::view(&project, project.server(id)?, &shared.cloud.clock) })))
}

async fn create(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    fields: Fields,
) -> Result<Response, Problem> {
    let cloud = &shared.cloud;
    let order = server_order::read(fields, &cloud.project(), &cloud.clock)?;
    let password = order.public_keys.is_empty().then(password);
    let started = cloud.create_server(order, verdict.fate)?;
    let project = cloud.project();
    Ok(created(&json!({
        "server": server_view::view(&project, &started.server, &cloud.clock),
        "action": actions::view(&started.action),
        "next_actions": actions::views(&started.next_actions),
        "root_password": password,
    })))
}

async fn update(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
    mut fields: Fields,
) -> Result<Response, Problem> {
    let (name, labels) = (fields.text("name"), fields.labels());
    server_order::check_name(&mut fields, name.as_deref().unwrap_or_default());
    fields.finish()?;
    let server = shared.cloud.update_server(id, name, labels)?;
    // Relays follow labels. A guest that cannot be told is about to end.
    if let Err(error) = shared.cloud.refresh_relays(id).await {
        tracing::debug!(server = id, %error, "failed to tell a guest its relays");
    }
    let project = shared.cloud.project();
    Ok(found(&json!({ "server": server_view::view(&project, &server, &shared.cloud.clock) })))
}

async fn remove(
    State(shared): State<Shared>,
    Extension(verdict): Extension<Verdict>,
    Path(id): Path<u64>,
) -> Result<Response, Problem> {
    let started = shared.cloud.delete_server(id, verdict.fate)?;
    Ok(found(&json!({ "action": actions::view(&started.action) })))
}

/// A password that the vendor would have set. Guests here know no passwords, but clients expect one.
pub(super) fn password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut bytes = [0; PASSWORD_LENGTH];
    // It opens nothing, so it does not matter if there are no random bytes.
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
}
