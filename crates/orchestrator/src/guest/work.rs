//! `GET /v1/cattle/work`: the archive with task, persona and inputs.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use clawlets_model::cause::chain;

use super::{
    answer::{Refusal, no_store},
    peer::Peer,
    state::Guests,
};
use crate::spawn::{Surroundings, work_archive};

pub(super) async fn work(
    State(guests): State<Guests>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let guest = guests.guest(&peer, &headers).await?;
    let job = guest.job.id;
    let order = guests.shared.order(job).await.map_err(|error| {
        tracing::error!(job_id = %job, error = %chain(&error), "a job's work cannot be read back");
        Refusal::Later
    })?;
    let surroundings = Surroundings { egress_proxy: guests.shared.reach.egress_proxy() };
    let archive = work_archive(job, &order, &guests.shared.config, surroundings).map_err(|error| {
        tracing::error!(job_id = %job, %error, "a job's work cannot be packed");
        Refusal::Later
    })?;
    Ok(no_store(([(header::CONTENT_TYPE, "application/x-tar")], archive).into_response()))
}
