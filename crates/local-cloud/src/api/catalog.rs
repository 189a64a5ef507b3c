//! `/server_types`, `/locations` and `/datacenters`: what is on offer.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::get,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    envelope::{found, page, page_body},
    params::Params,
    pricing::gross,
    problem::Problem,
    server_order::DEFAULT_LOCATION,
    shared::Shared,
};
use crate::cloud::{CATALOG, Clock, Deprecation, Failure, Location, Price, ServerType, rfc3339};

/// Traffic that is included, in bytes: 20 TiB in Europe.
pub(super) const INCLUDED_TRAFFIC: u64 = 20 << 40;
/// The net price of a terabyte beyond that, in ten-thousandths of a euro.
const TRAFFIC: u32 = 10_000;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/server_types", get(server_types))
        .route("/server_types/{id}", get(server_type))
        .route("/locations", get(locations))
        .route("/locations/{id}", get(location))
        .route("/datacenters", get(datacenters))
        .route("/datacenters/{id}", get(datacenter))
}

/// How a server type looks.
pub(super) fn server_type_view(one: &ServerType, clock: &Clock) -> Value {
    let deprecation = one.deprecation.map(deprecation_view);
    let locations: Vec<Value> = one
        .locations
        .iter()
        .filter_map(|name| CATALOG.location(name))
        .map(|location| {
            json!({
                "id": location.id,
                "name": location.name,
                "available": one.is_sold(clock.now()),
                "recommended": one.deprecation.is_none(),
                "deprecation": deprecation,
            })
        })
        .collect();
    json!({
        "id": one.id,
        "name": one.name,
        "description": one.name.to_uppercase(),
        "category": one.category,
        "cores": one.cores,
        "memory": f64::from(one.memory_gb),
        "disk": one.disk_gb,
        "storage_type": "local",
        "cpu_type": one.cpu,
        "architecture": one.architecture,
        "prices": one.locations.iter().map(|name| price_view(name, one.price)).collect::<Vec<_>>(),
        "deprecated": one.deprecation.is_some(),
        "deprecation": deprecation,
        "locations": locations,
        "included_traffic": INCLUDED_TRAFFIC,
    })
}

pub(super) fn price_view(location: &str, price: Price) -> Value {
    json!({
        "location": location,
        "price_hourly": gross(price.hourly),
        "price_monthly": gross(price.monthly),
        "included_traffic": INCLUDED_TRAFFIC,
        "price_per_tb_traffic": gross(TRAFFIC),
    })
}

/// How a location looks.
pub(super) fn location_view(one: &Location) -> Value {
    json!({
        "id": one.id,
        "name": one.name,
        "description": one.description,
        "country": one.country,
        "city": one.city,
        "latitude": one.latitude,
        "longitude": one.longitude,
        "network_zone": one.network_zone,
    })
}

/// How the datacenter of a location looks. The vendor no longer sends it; clients of some years still read it.
pub(super) fn datacenter_view(location: &Location, clock: &Clock) -> Value {
    let offered = CATALOG.server_types.iter().filter(|one| one.locations.contains(&location.name));
    let supported: Vec<u64> = offered.clone().map(|one| one.id).collect();
    let available: Vec<u64> = offered.filter(|one| one.is_sold(clock.now())).map(|one| one.id).collect();
    json!({
        "id": location.datacenter.id,
        "name": location.datacenter.name,
        "description": location.datacenter.description,
        "location": location_view(location),
        "server_types": { "supported": supported, "available": available, "available_for_migration": available },
    })
}

fn deprecation_view(deprecation: Deprecation) -> Value {
    // Both are constants within the range of years that a timestamp can hold.
    let date = |second| rfc3339(Timestamp::from_second(second).unwrap_or_default());
    json!({ "announced": date(deprecation.announced), "unavailable_after": date(deprecation.unavailable_after) })
}

async fn server_types(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    let named = CATALOG.server_types.iter().filter(|one| params.allows("name", one.name));
    page("server_types", named.map(|one| server_type_view(one, &shared.cloud.clock)).collect(), &[], &params)
}

async fn server_type(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let one = CATALOG.server_types.iter().find(|one| one.id == id);
    let one = one.ok_or_else(|| Failure::no_id("server_type", id))?;
    Ok(found(&json!({ "server_type": server_type_view(one, &shared.cloud.clock) })))
}

async fn locations(params: Params) -> Result<Response, Problem> {
    let named = CATALOG.locations.iter().filter(|one| params.allows("name", one.name));
    page("locations", named.map(location_view).collect(), &["id", "name"], &params)
}

async fn location(Path(id): Path<u64>) -> Result<Response, Problem> {
    let one =
        CATALOG.locations.iter().find(|one| one.id == id).ok_or_else(|| Failure::no_id("location", id))?;
    Ok(found(&json!({ "location": location_view(one) })))
}

async fn datacenters(State(shared): State<Shared>, params: Params) -> Result<Response, Problem> {
    let named = CATALOG.locations.iter().filter(|one| params.allows("name", one.datacenter.name));
    let rows = named.map(|one| datacenter_view(one, &shared.cloud.clock)).collect();
    let mut body = page_body("datacenters", rows, &["id", "name"], &params)?;
    body["recommendation"] = CATALOG.location(DEFAULT_LOCATION).map(|location| location.datacenter.id).into();
    Ok(found(&body))
}

async fn datacenter(State(shared): State<Shared>, Path(id): Path<u64>) -> Result<Response, Problem> {
    let one = CATALOG.locations.iter().find(|one| one.datacenter.id == id);
    let one = one.ok_or_else(|| Failure::no_id("datacenter", id))?;
    Ok(found(&json!({ "datacenter": datacenter_view(one, &shared.cloud.clock) })))
}
