//! `POST /v1/cattle/heartbeat`: the guest lives; the answer says whether it may go on.

use std::time::Duration;

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use clawlets_jobs::{ApplyError, Event, Fence, Job};
use clawlets_model::{
    Phase,
    cause::chain,
    document,
    guest::{GuestOrders, GuestPhase, Heartbeat},
};

use super::{
    answer::{Refusal, no_store},
    auth::Guest,
    peer::Peer,
    redeem::remaining,
    state::Guests,
};
use crate::http::read_body;

/// The longest heartbeat, in bytes.
const MAX_BODY: usize = 4096;
/// How long one may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn heartbeat(
    State(guests): State<Guests>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    // The body is read whatever becomes of the call: an answer before its end would cost the guest its connection.
    let body = read_body(body, MAX_BODY, PATIENCE).await?;
    let guest = guests.guest(&peer, &headers).await?;
    let heartbeat: Heartbeat =
        document::from_json(&body).map_err(|error| Refusal::Malformed(error.to_string()))?;
    let job = match news(heartbeat.phase, guest.job.phase) {
        Some(event) => guests.tell(&guest, event).await?,
        None => guest.job,
    };
    guests.orders(&job).await
}

/// What a heartbeat tells that was not known.
fn news(phase: GuestPhase, known: Phase) -> Option<Event> {
    match (phase, known) {
        (GuestPhase::Running, Phase::Ready) => Some(Event::Started),
        (GuestPhase::Reporting, Phase::Ready | Phase::Running) => Some(Event::Reporting),
        (GuestPhase::Ready | GuestPhase::Running | GuestPhase::Reporting, _) => None,
    }
}

impl Guests {
    /// Applies what a guest says about its job.
    pub(super) async fn tell(&self, guest: &Guest, event: Event) -> Result<Job, Refusal> {
        match self.shared.apply(guest.job.id, Fence::Guest(guest.attempt), event).await {
            Ok(job) => Ok(job),
            // It ended, or went on with another VM, between two reads.
            Err(ApplyError::Refused(_) | ApplyError::Unknown(_)) => Err(Refusal::Over),
            Err(error) => {
                tracing::error!(job_id = %guest.job.id, error = %chain(&error), "a guest's words were lost");
                Err(Refusal::Later)
            }
        }
    }

    /// What a guest is to do, as an answer.
    pub(super) async fn orders(&self, job: &Job) -> Result<Response, Refusal> {
        let (logs, id) = (self.shared.files.logs.clone(), job.id);
        let next = tokio::task::spawn_blocking(move || logs.next(id)).await;
        match next {
            Ok(Ok(next)) => {
                let remaining = remaining(job, self.shared.now());
                let orders = GuestOrders { next, remaining, cancel: job.cancel_requested };
                Ok(no_store(Json(orders).into_response()))
            }
            Ok(Err(error)) => {
                tracing::error!(job_id = %id, error = %chain(&error), "a log cannot be read");
                Err(Refusal::Later)
            }
            Err(_) => Err(Refusal::Later),
        }
    }
}
