//! What becomes of a deploy that GitHub was asked for.

use clawlets_model::control::{DeployState, RunView};
use jiff::{SignedDuration, Timestamp};

use super::{Deployment, Ledger, Spans, Stage, deploy::state_of};

/// What is to be found out about a deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// Nothing: it is over, or somebody works on it right now.
    Nothing,
    /// Whether there is a run of its name.
    Run(String),
    /// How its run is.
    Look(u64),
    /// It was never asked for, and whoever meant to is gone.
    GiveUp,
}

impl Deployment {
    /// What is to be found out about it.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Due {
        match (self.stage, &self.run, &self.request_id) {
            (Stage::Ended(_), ..) => Due::Nothing,
            (Stage::Reserved | Stage::Dispatching, ..) if self.claimed_until > now => Due::Nothing,
            (Stage::Reserved, ..) | (Stage::Dispatching | Stage::Dispatched, _, None) => Due::GiveUp,
            (Stage::Dispatching | Stage::Dispatched, Some(run), _) => Due::Look(run.id),
            (Stage::Dispatching | Stage::Dispatched, None, Some(name)) => Due::Run(name.clone()),
        }
    }

    /// Whether its run would have shown itself by now.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp, spans: &Spans) -> bool {
        let patience = SignedDuration::try_from(spans.run).unwrap_or(SignedDuration::MAX);
        self.asked_at.is_none_or(|asked| now.duration_since(asked) > patience)
    }
}

impl Ledger {
    /// Its run is so.
    pub fn observed(&mut self, id: &str, run: RunView) {
        let state = state_of(&run);
        let Some(deploy) = self.deploy_mut(id).filter(|deploy| !deploy.is_over()) else { return };
        deploy.stage = if state.is_final() { Stage::Ended(state) } else { Stage::Dispatched };
        deploy.run = Some(run);
        if state.is_final() {
            self.release(id);
        }
    }

    /// No run of its name was found. One that GitHub took and made nothing of is over once its run is overdue; so is one
    /// of which nobody knows whether GitHub was asked, since by then it was not.
    pub fn unseen(&mut self, id: &str, now: Timestamp, spans: &Spans) {
        let Some(deploy) = self.deploy_mut(id) else { return };
        if deploy.is_over() || deploy.run.is_some() || !deploy.is_overdue(now, spans) {
            return;
        }
        let state = match deploy.stage {
            Stage::Dispatched => DeployState::Missing,
            Stage::Reserved | Stage::Dispatching | Stage::Ended(_) => DeployState::Refused,
        };
        deploy.stage = Stage::Ended(state);
        self.release(id);
    }

    /// A lease that is over ends its deploy, however that went.
    pub fn expire(&mut self, now: Timestamp) {
        let Some(lease) = self.lease.take_if(|lease| lease.expires_at <= now) else { return };
        if let Some(deploy) = self.deploy_mut(&lease.owner).filter(|deploy| !deploy.is_over()) {
            deploy.stage = Stage::Ended(DeployState::Expired);
        }
    }
}
