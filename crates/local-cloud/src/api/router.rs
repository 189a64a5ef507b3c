//! Every address of the API, and what stands before them.

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use clawlets_model::Secret;
use http::{StatusCode, header::CONTENT_TYPE};
use jiff::Timestamp;
use tokio::time::sleep;

use super::{
    actions,
    allowance::Judgement,
    catalog, fields, firewalls, headers, images, nothing, pricing, primary_ips,
    problem::Problem,
    server_actions, servers,
    shared::Shared,
    side_channel, ssh_keys, token,
    transport::{Breakable, Lost},
};
use crate::fault::{Fabricated, Transport};

/// The token that opens the API.
#[derive(Clone, Debug)]
pub(crate) struct Gate(pub(crate) Arc<Secret<String>>);

/// The whole API. It keeps serving those who wait until `Shared` is dropped.
pub(crate) fn service(shared: Shared, gate: Gate) -> Breakable {
    let vendor = Router::new()
        .merge(actions::routes())
        .merge(catalog::routes())
        .merge(firewalls::routes())
        .merge(images::routes())
        .merge(nothing::routes())
        .merge(pricing::routes())
        .merge(primary_ips::routes())
        .merge(server_actions::routes())
        .merge(servers::routes())
        .merge(ssh_keys::routes())
        .layer(from_fn_with_state(shared.clone(), misfortune))
        .layer(from_fn_with_state(shared.clone(), within_allowance));
    let router = Router::new()
        .nest("/v1", vendor)
        .nest("/_local", side_channel::routes())
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_path)
        .layer(DefaultBodyLimit::max(fields::MAX_BODY))
        .layer(from_fn_with_state(gate, authorized))
        .with_state(shared);
    Breakable(router)
}

async fn no_such_path(request: Request) -> Problem {
    Problem::no_such_path(request.uri().path())
}

/// Lets nobody in without the token, and gives every answer an id.
async fn authorized(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if token::is_authorized(request.headers(), &gate.0) {
        next.run(request).await
    } else {
        Problem::unauthorized().into_response()
    };
    let correlation = headers::add_correlation(&mut response);
    let status = response.status().as_u16();
    tracing::debug!(%method, path, status, correlation = format!("{correlation:016x}"), "answered");
    response
}

/// Counts requests, and refuses those that are too many.
async fn within_allowance(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let reading = shared.allowance.take(Instant::now());
    let mut response = match reading.request {
        Judgement::Within => next.run(request).await,
        Judgement::Exceeded => Problem::rate_limited().into_response(),
    };
    if !response.headers().contains_key(headers::RESET) && response.extensions().get::<Bare>().is_none() {
        headers::add_allowance(&mut response, reading);
    }
    response
}

/// Marks an answer that gets no headers about the allowance.
#[derive(Clone, Copy, Debug)]
struct Bare;

/// Carries out what the faults decided about a request.
async fn misfortune(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    // Inside the nested router the path has lost its `/v1`.
    let verdict = shared.faults.judge(request.method().as_str(), request.uri().path());
    sleep(verdict.latency).await;
    if verdict.transport == Transport::LosesRequest {
        return lost(StatusCode::BAD_GATEWAY.into_response());
    }
    if let Some(fabricated) = &verdict.fabricated {
        return fabricate(fabricated);
    }
    let (transport, answer_delay) = (verdict.transport, verdict.answer_delay);
    request.extensions_mut().insert(verdict);
    // The work goes on when the client hangs up, as it would behind a provider's proxy.
    let handled = tokio::spawn(next.run(request)).await;
    let response = handled.unwrap_or_else(|_panic| Problem::fabricated(500, "server_error").into_response());
    sleep(answer_delay).await;
    match transport {
        Transport::Whole => response,
        Transport::LosesRequest | Transport::LosesAnswer => lost(response),
    }
}

fn lost(mut response: Response) -> Response {
    response.extensions_mut().insert(Lost);
    response
}

fn fabricate(fabricated: &Fabricated) -> Response {
    let status = StatusCode::from_u16(fabricated.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match status {
        // These come from a proxy that knows nothing of JSON.
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => {
            let page = format!("<html><body><h1>{status}</h1></body></html>");
            (status, [(CONTENT_TYPE, "text/html")], page).into_response()
        }
        _ => Problem::fabricated(fabricated.status, &fabricated.code).into_response(),
    };
    match fabricated.reset_seconds {
        Some(seconds) => {
            let at = Timestamp::now().as_second().saturating_add_unsigned(seconds);
            response.headers_mut().insert(headers::RESET, at.into());
        }
        None => drop(response.extensions_mut().insert(Bare)),
    }
    response
}
