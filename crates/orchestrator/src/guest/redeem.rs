//! `GET /v1/cattle/env`: a one-time token for a session and the task's secrets.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Extension, Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use clawlets_jobs::{ApplyError, Event, Fence, Job, Redeemed, Redemption};
use clawlets_model::{
    EnvVarName, Reason,
    cause::chain,
    guest::{BootNonce, EnvAnswer, NONCE_HEADER},
};
use jiff::Timestamp;

use super::{
    answer::{Refusal, no_store},
    auth::{bearer, scrubber},
    peer::Peer,
    state::Guests,
};
use crate::{
    lifecycle::{Session, Token, nonce_hash},
    spawn::{Order, Secrets},
};

/// The variable that holds a VM's token for GitHub.
const GITHUB_TOKEN: &str = "GITHUB_TOKEN";

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
    let order = guests.shared.order(owner.job.id).await.map_err(later)?;
    let secrets = guests.values(&owner.job, &order).await?;
    let session = token.session(&nonce);
    let redemption = Redemption { token: token.hash(), nonce: nonce_hash(&nonce), session: session.hash() };
    match store.redeem(redemption, guests.shared.now()).await.map_err(later)? {
        Redeemed::First(job) | Redeemed::Repeated(job) => {
            tracing::info!(job_id = %job.id, %peer, "a guest redeemed its token");
            guests.scrubbers.set(job.id, scrubber(&order, &secrets));
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

impl Guests {
    /// What a VM is given, its token for GitHub included. A job whose token can never be had ends here.
    async fn values(&self, job: &Job, order: &Order) -> Result<Secrets, Refusal> {
        let mut values = self.shared.secrets_of(job, order).await.map_err(later)?;
        if !order.with_github_token || job.status.is_final() {
            return Ok(values);
        }
        let error = match self.shared.github.of(job).await {
            Ok(token) => {
                let variable = EnvVarName::parse(GITHUB_TOKEN).expect("the fixed name of a variable is one");
                values.insert(variable, token);
                return Ok(values);
            }
            Err(error) if error.is_temporary() => return Err(later(error)),
            Err(error) => error,
        };
        let ended = Event::Ended { reason: Reason::Error, message: Some(chain(&error)) };
        match self.shared.apply(job.id, Fence::Open, ended).await {
            Ok(_) | Err(ApplyError::Refused(_)) => Err(Refusal::Over),
            Err(error) => Err(later(error)),
        }
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
