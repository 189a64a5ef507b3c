//! Every call of the API.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use super::{access::nobody, answer::Fault, artifacts, cattle, enqueue, health, jobs, logs};
use crate::{daemon::Shared, identity::Caller};

/// What the calls work with.
#[derive(Clone)]
pub(crate) struct Api {
    pub(super) shared: Arc<Shared>,
    pub(super) metrics: PrometheusHandle,
    pub(super) stop: CancellationToken,
}

impl Api {
    pub(crate) const fn new(shared: Arc<Shared>, metrics: PrometheusHandle, stop: CancellationToken) -> Self {
        Self { shared, metrics, stop }
    }

    /// Every call. Requests carry their [`Caller`] as an extension.
    pub(crate) fn router(self) -> Router {
        let known_callers = Router::new()
            .route("/metrics", get(health::metrics))
            .route("/v1/jobs/enqueue", post(enqueue::enqueue))
            .route("/v1/jobs", get(jobs::list))
            .route("/v1/jobs/{id}", get(jobs::show))
            .route("/v1/jobs/{id}/result", get(jobs::result))
            .route("/v1/jobs/{id}/cancel", post(jobs::cancel))
            .route("/v1/jobs/{id}/events", get(jobs::events))
            .route("/v1/jobs/{id}/logs", get(logs::logs))
            .route("/v1/jobs/{id}/artifacts", get(artifacts::list))
            .route("/v1/jobs/{id}/artifacts/{*name}", get(artifacts::bytes))
            .route("/v1/cattle", get(cattle::list))
            .route("/v1/cattle/leaks", get(cattle::leaks))
            .route("/v1/cattle/reap", post(cattle::reap))
            .route("/v1/cattle/{id}", delete(cattle::destroy))
            .route("/v1/cattle/{id}/console", get(cattle::console))
            .route("/v1/cattle/{id}/extend", post(cattle::extend))
            .fallback(async || Fault::not_found("such call"))
            .method_not_allowed_fallback(async || Fault::not_found("such call"))
            .layer(from_fn(somebody));
        Router::new().route("/healthz", get(health::healthz)).merge(known_callers).with_state(self)
    }
}

/// Turns away whoever is nobody.
async fn somebody(Extension(caller): Extension<Caller>, request: Request, next: Next) -> Response {
    match caller {
        Caller::Nobody => nobody().into_response(),
        Caller::Operator | Caller::Bot(_) => next.run(request).await,
    }
}
