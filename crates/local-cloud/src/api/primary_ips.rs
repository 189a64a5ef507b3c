//! `/primary_ips`: the public addresses of servers.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use serde_json::{Value, json};

use super::{
    catalog::{datacenter_view, location_view},
    envelope::{found, page},
    params::Params,
    problem::Problem,
    shared::Shared,
};
use crate::cloud::{Address, CATALOG, Clock, Failure, rfc3339};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/primary_ips", get(list)).route("/primary_ips/{id}", get(one))
}

fn view(address: &Address, clock: &Clock) -> Value {
    let location = CATALOG.location(&address.location);
    json!({
        "id": address.id,
        "name": address.name,
        "ip": address.ip(),
        "type": address.family.as_str(),
        "assignee_id": address.server,
        "assignee_type": "server",
        "auto_delete": true,
        "blocked": false,
        "created": rfc3339(address.created),
        "datacenter": location.map(|location| datacenter_view(location, clock)),
        "location": location.map(location_view),
        "dns_ptr": [],
        "labels": address.labels,
        "protection": { "delete": address.protection.delete },
    })
}

async fn list(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    let selected = params.label_selector()?;
    let project = shared.cloud.project();
    let rows = project
        .addresses
        .iter()
        .filter(|address| params.allows("name", &address.name) && params.allows("ip", &address.ip()))
        .filter(|address| selected(&address.labels))
        .map(|address| view(address, &shared.cloud.clock))
        .collect();
    page("primary_ips", rows, &["id", "name", "created"], &params)
}

async fn one(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let project = shared.cloud.project();
    let address = project.addresses.get(id).ok_or_else(|| Failure::no_id("primary_ip", id))?;
    Ok(found(&json!({ "primary_ip": view(address, &shared.cloud.clock) })))
}
