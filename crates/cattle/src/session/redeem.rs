//! The one-time token is turned into a session and the task's environment.

use std::{collections::BTreeMap, thread, time::Duration};

use clawlets_model::{
    EnvVarName, Secret,
    guest::{BootNonce, EnvAnswer, NONCE_HEADER},
    limits,
};
use ureq::Agent;

use super::{
    Backoff, BaseUrl, Client, SessionError,
    error::Delivery,
    http::{self, Answer},
};
use crate::{clock::since_boot, deadline::Deadline};

const ACTION: &str = "redeem the one-time token";
/// The longest environment that is accepted, in bytes.
const ENV_LIMIT: u64 = 1024 * 1024;

/// What the token was worth.
pub struct Redeemed {
    /// The session.
    pub client: Client,
    /// Variables for the task. All of them are taken for secrets.
    pub env: BTreeMap<EnvVarName, Secret<String>>,
    /// How long the machine may still run.
    pub remaining: Duration,
}

/// Redeems the token.
///
/// An answer may get lost on its way, after the token was spent. So the same nonce is repeated, for 60 s from the first
/// request that may have arrived: that long the orchestrator gives the same answer to the same nonce. Before any request
/// arrived nothing is spent, and it is tried until the deadline.
///
/// # Errors
/// [`SessionError`]: refused, no answer in that time, or one that makes no sense.
#[expect(clippy::needless_pass_by_value, reason = "the token must not outlive its redemption")]
pub fn redeem(
    base: &BaseUrl,
    token: Secret<String>,
    nonce: &BootNonce,
    deadline: &Deadline,
) -> Result<Redeemed, SessionError> {
    let agent = http::agent();
    let mut backoff = Backoff::new();
    let mut first_delivery = None;
    loop {
        let began = since_boot();
        let error = match ask(&agent, base, &token, nonce) {
            Ok(answer) => return Ok(redeemed(agent, base, answer)),
            Err(error) if error.is_temporary() => error,
            Err(error) => return Err(error),
        };
        match error {
            SessionError::Unreachable { delivery: Delivery::Impossible, .. } => {}
            SessionError::Unreachable { delivery: Delivery::Possible, .. }
            | SessionError::Unavailable { .. }
            | SessionError::Over { .. }
            | SessionError::Refused { .. }
            | SessionError::Malformed { .. }
            | SessionError::TooLate { .. } => {
                first_delivery.get_or_insert(began);
            }
        }
        let pause = backoff.next_pause();
        let window_is_over = first_delivery
            .is_some_and(|first| since_boot().saturating_sub(first) + pause >= limits::NONCE_REPEAT);
        if window_is_over || deadline.remaining() <= pause {
            return Err(error);
        }
        thread::sleep(pause);
    }
}

fn ask(
    agent: &Agent,
    base: &BaseUrl,
    token: &Secret<String>,
    nonce: &BootNonce,
) -> Result<EnvAnswer, SessionError> {
    let bearer = Secret::from(format!("Bearer {}", token.expose()));
    let answer = agent
        .get(base.join("/v1/cattle/env"))
        .header("Authorization", bearer.expose())
        .header(NONCE_HEADER, nonce.to_string())
        .call();
    let body = Answer::read(ACTION, answer, ENV_LIMIT)?.good(ACTION)?;
    let answer: EnvAnswer =
        serde_json::from_slice(&body).map_err(|_| SessionError::Malformed { action: ACTION })?;
    if answer.ok { Ok(answer) } else { Err(SessionError::Malformed { action: ACTION }) }
}

fn redeemed(agent: Agent, base: &BaseUrl, answer: EnvAnswer) -> Redeemed {
    Redeemed {
        client: Client::new(agent, base.clone(), &Secret::from(answer.session)),
        env: answer.env.into_iter().map(|(name, value)| (name, Secret::from(value))).collect(),
        remaining: Duration::from_secs(answer.remaining),
    }
}
