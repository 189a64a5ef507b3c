//! `POST /v1/cattle/result`: how the task ended. It ends the session.

use std::time::Duration;

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use clawlets_jobs::{ApplyError, Event, Fence, Refused};
use clawlets_model::{cause::chain, document, guest::TaskResult};
use serde_json::json;

use super::{
    answer::{Refusal, no_store},
    auth::Standing,
    peer::Peer,
    state::Guests,
};
use crate::http::read_body;

/// The longest result, in bytes: the output may be 16 KiB, and each of its bytes may take six as JSON.
const MAX_BODY: usize = 256 * 1024;
/// How long one may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) async fn report(
    State(guests): State<Guests>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let body = read_body(body, MAX_BODY, PATIENCE).await?;
    let (Standing::Open(guest) | Standing::Ended(guest)) = guests.standing(&peer, &headers).await?;
    let job = guest.job.id;
    let mut result: TaskResult =
        document::from_json(&body).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let scrubber = guests.scrubber(&guest.job).await?;
    result.output = result.output.map(|text| scrubber.scrub(&text));
    result.message = result.message.map(|text| scrubber.scrub(&text));
    // Logs are on the disk before the end is, so that a job that ended has its whole log.
    let logs = guests.shared.files.logs.clone();
    match tokio::task::spawn_blocking(move || logs.flush(job)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::error!(job_id = %job, error = %chain(&error), "a log cannot be flushed");
            return Err(Refusal::Later);
        }
        Err(_) => return Err(Refusal::Later),
    }
    match guests.shared.apply(job, Fence::Guest(guest.attempt), Event::Reported(result)).await {
        Ok(ended) => {
            tracing::info!(job_id = %job, status = %ended.status, reason = ended.reason.map(tracing::field::display), "a job ended");
            guests.scrubbers.forget(job);
            Ok(no_store(Json(json!({ "ok": true })).into_response()))
        }
        Err(ApplyError::Refused(Refused::OtherResult)) => {
            Err(Refusal::Conflict("another result was reported before".to_owned()))
        }
        Err(ApplyError::Refused(Refused::MalformedResult(what))) => Err(Refusal::Malformed(what.to_owned())),
        Err(ApplyError::Refused(_) | ApplyError::Unknown(_)) => Err(Refusal::Over),
        Err(error) => {
            tracing::error!(job_id = %job, error = %chain(&error), "a result cannot be recorded");
            Err(Refusal::Later)
        }
    }
}
