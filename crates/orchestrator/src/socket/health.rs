//! `GET /healthz` and `GET /metrics`.

use axum::{
    Extension, Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{access::operators_only, answer::Fault, routes::Api};
use crate::identity::Caller;

pub(super) async fn healthz() -> Json<Value> {
    Json(json!({ "ok": true }))
}

pub(super) async fn metrics(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Fault> {
    operators_only(&caller, "/metrics")?;
    let counts = api.shared.store.counts().await?;
    for (status, count) in [
        ("queued", counts.queued),
        ("running", counts.running),
        ("done", counts.done),
        ("failed", counts.failed),
        ("canceled", counts.canceled),
    ] {
        metrics::gauge!("clf_jobs", "status" => status).set(count as f64);
    }
    metrics::gauge!("clf_jobs_waiting_for_room").set(counts.waiting as f64);
    metrics::gauge!("clf_servers").set(counts.slots as f64);
    metrics::gauge!("clf_servers_max").set(f64::from(api.shared.config.cattle.max_instances));
    if let Some(age) = api.shared.fleet.age() {
        metrics::gauge!("clf_sweep_age_seconds").set(age.as_secs_f64());
    }
    api.metrics.run_upkeep();
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((headers, api.metrics.render()).into_response())
}
