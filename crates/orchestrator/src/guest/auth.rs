//! Who calls: the session that a guest presents, and whether it comes from that session's VM.

use std::{sync::Arc, time::Instant};

use axum::http::{HeaderMap, header};
use clawlets_jobs::{Event, Fence, Job, Note, SessionStanding};
use clawlets_model::{Scrubber, cause::chain};

use super::{
    answer::Refusal,
    peer::{Fit, Peer},
    state::Guests,
};
use crate::{
    lifecycle::Session,
    spawn::{Order, Secrets},
};

/// A guest that proved who it is.
#[derive(Debug)]
pub(super) struct Guest {
    /// Its job as it stands.
    pub(super) job: Job,
    /// The number of its VM.
    pub(super) attempt: u32,
}

/// The credential in the header `Authorization: Bearer …`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credential) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(credential.trim())
}

impl Guests {
    /// Refuses a peer that has guessed wrong too often.
    pub(super) fn check_guesses(&self, peer: &Peer) -> Result<(), Refusal> {
        if self.guesses.may_guess(&peer.key(), Instant::now()) {
            Ok(())
        } else {
            Err(Refusal::TooManyGuesses)
        }
    }

    /// Counts a wrong guess.
    pub(super) fn wrong_guess(&self, peer: &Peer) -> Refusal {
        self.guesses.wrong(peer.key(), Instant::now());
        metrics::counter!("clf_guest_unauthorized_total").increment(1);
        Refusal::Unauthorized
    }

    /// The guest of an open session.
    pub(super) async fn guest(&self, peer: &Peer, headers: &HeaderMap) -> Result<Guest, Refusal> {
        match self.standing(peer, headers).await? {
            Standing::Open(guest) => Ok(guest),
            Standing::Ended(_) => Err(Refusal::Over),
        }
    }

    /// The guest of a session, and whether its job still wants anything of it.
    pub(super) async fn standing(&self, peer: &Peer, headers: &HeaderMap) -> Result<Standing, Refusal> {
        self.check_guesses(peer)?;
        let session = bearer(headers).and_then(Session::parse).ok_or_else(|| self.wrong_guess(peer))?;
        let now = self.shared.now();
        let standing = self.shared.store.session(session.hash(), now).await.map_err(|error| {
            tracing::error!(error = %chain(&error), "failed to look up a session");
            Refusal::Later
        })?;
        let (session, is_open) = match standing {
            SessionStanding::Open(session) => (session, true),
            SessionStanding::Ended(session) => (session, false),
            SessionStanding::Expired => return Err(Refusal::Over),
            SessionStanding::Unknown => return Err(self.wrong_guess(peer)),
        };
        let guest = Guest { job: session.job, attempt: session.attempt };
        if guest.attempt == guest.job.attempt {
            self.check_peer(peer, &guest.job, "a session was used").await?;
        }
        self.shared.signals.heard(guest.job.id);
        Ok(if is_open { Standing::Open(guest) } else { Standing::Ended(guest) })
    }

    /// Refuses a caller that is not the job's VM, and remembers the incident with the job. Nothing is spent.
    pub(super) async fn check_peer(&self, peer: &Peer, job: &Job, what: &str) -> Result<(), Refusal> {
        match peer.fits(job) {
            Fit::Fits => return Ok(()),
            Fit::Unknown => return Err(Refusal::Later),
            Fit::Foreign => {}
        }
        tracing::warn!(job_id = %job.id, %peer, what, "a credential was used from the wrong place");
        metrics::counter!("clf_incidents_total").increment(1);
        let detail = format!("{what} by {peer}, which is not the job's VM");
        let noted = Event::Noted { note: Note::Incident, detail };
        if let Err(error) = self.shared.apply(job.id, Fence::Open, noted).await {
            tracing::error!(job_id = %job.id, error = %chain(&error), "failed to remember an incident");
        }
        Err(self.wrong_guess(peer))
    }

    /// What must not appear in the words of this job's guest.
    pub(super) async fn scrubber(&self, job: &Job) -> Result<Arc<Scrubber>, Refusal> {
        if let Some(scrubber) = self.scrubbers.get(job.id) {
            return Ok(scrubber);
        }
        // The daemon was started anew since it gave the values.
        let failed = |error| {
            tracing::error!(job_id = %job.id, error = %chain(&error), "failed to read the secrets of a job");
            Refusal::Later
        };
        let order = self.shared.order(job.id).await.map_err(failed)?;
        let values = self.shared.secrets_of(job, &order).await.map_err(failed)?;
        Ok(self.scrubbers.set(job.id, scrubber(&order, &values)))
    }
}

/// What must not appear in the words of a guest that was given these values.
pub(super) fn scrubber(order: &Order, values: &Secrets) -> Scrubber {
    let scrubber = Scrubber::new(values.values());
    if order.with_github_token { scrubber.and_github_tokens() } else { scrubber }
}

/// What a session is good for.
#[derive(Debug)]
pub(super) enum Standing {
    /// Every call.
    Open(Guest),
    /// Only to hear again that the result has arrived.
    Ended(Guest),
}
