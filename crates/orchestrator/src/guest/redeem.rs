//! `GET /v1/cattle/env`: a one-time token for a session and the task's secrets.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Extension, Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use clawlets_jobs::{Job, Redeemed, Redemption};
use clawlets_model::{
    Scrubber,
    guest::{BootNonce, EnvAnswer, NONCE_HEADER},
};
use jiff::Timestamp;

use super::{
    answer::{Refusal, no_store},
    auth::bearer,
    peer::Peer,
    state::Guests,
};
use crate::{
    lifecycle::{Session, Token, nonce_hash},
    reaper::chain,
    spawn::Secrets,
};

pub(super) async fn redeem(
    State(guests): State<Guests>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    guests.check_guesses(&peer)?;
    let token = bearer(&headers).and_then(Token::parse).ok_or_else(|| guests.wrong_guess(&peer))?;
    let nonce = headers.get(NONCE_HEADER).and_then(|value| value.to_str().ok());
    let nonce = nonce.and_then(|text| BootNonce::parse(text).ok());
    let nonce = nonce.ok_or_else(|| {
        Refusal::Malformed(format!("expected the header {NONCE_HEADER} with 32 hex digits"))
    })?;
    let store = &guests.shared.store;
    let owner =
        store.token_owner(token.hash()).await.map_err(later)?.ok_or_else(|| guests.wrong_guess(&peer))?;
    if owner.attempt != owner.job.attempt {
        return Err(guests.wrong_guess(&peer));
    }
    guests.check_peer(&peer, &owner.job, "the one-time token was presented").await?;
    // The values come first: a token that was spent for nothing could not be presented again.
    let secrets = guests.shared.secrets_of(&owner.job).await.map_err(later)?;
    let session = token.session(&nonce);
    let redemption = Redemption { token: token.hash(), nonce: nonce_hash(&nonce), session: session.hash() };
    match store.redeem(redemption, guests.shared.now()).await.map_err(later)? {
        Redeemed::First(job) | Redeemed::Repeated(job) => {
            tracing::info!(job_id = %job.id, %peer, "a guest redeemed its token");
            guests.scrubbers.set(job.id, Scrubber::new(secrets.values()));
            guests.shared.signals.heard(job.id);
            guests.shared.after(&job).await;
            Ok(answer(&job, &session, secrets, guests.shared.now()))
        }
        Redeemed::Replayed(job) => {
            tracing::error!(job_id = %job.id, %peer, "a one-time token was used twice; its VM is destroyed");
            metrics::counter!("clf_incidents_total").increment(1);
            guests.shared.after(&job).await;
            Err(guests.wrong_guess(&peer))
        }
        Redeemed::Expired(job) => {
            tracing::warn!(job_id = %job.id, %peer, "a one-time token came too late");
            Err(guests.wrong_guess(&peer))
        }
        Redeemed::Unknown => Err(guests.wrong_guess(&peer)),
    }
}

fn answer(job: &Job, session: &Session, secrets: Secrets, now: Timestamp) -> Response {
    let env: BTreeMap<_, _> =
        secrets.into_iter().map(|(name, value)| (name, value.expose().clone())).collect();
    let answer = EnvAnswer {
        ok: true,
        env,
        session: session.expose().expose().clone(),
        remaining: remaining(job, now),
    };
    no_store(Json(answer).into_response())
}

/// Whole seconds until the guest must be off.
pub(super) fn remaining(job: &Job, now: Timestamp) -> u64 {
    let left = job.expires_at.map(|at| at.duration_since(now));
    left.and_then(|left| Duration::try_from(left).ok()).unwrap_or_default().as_secs()
}

fn later(error: impl std::error::Error) -> Refusal {
    tracing::error!(error = %chain(&error), "a token cannot be redeemed now");
    Refusal::Later
}
