//! Resources that this cloud does not have: their lists are empty, so that clients which look find nothing.

use axum::{Router, extract::Request, response::Response, routing::get};

use super::{envelope::page, params::Params, problem::Problem, shared::Shared};

const ABSENT: [&str; 8] = [
    "certificates",
    "floating_ips",
    "isos",
    "load_balancer_types",
    "load_balancers",
    "networks",
    "placement_groups",
    "volumes",
];

pub(super) fn routes() -> Router<Shared> {
    ABSENT.iter().fold(Router::new(), |router, name| router.route(&format!("/{name}"), get(empty)))
}

async fn empty(params: Params, request: Request) -> Result<Response, Problem> {
    page(request.uri().path().trim_start_matches('/'), Vec::new(), &["id", "name", "created"], &params)
}
