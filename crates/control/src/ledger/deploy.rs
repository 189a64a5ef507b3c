//! One deploy.

use clawlets_model::control::{ControlErrorCode, DeployState, DeployView, RunView};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One deploy, from the moment that it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its id here.
    pub id: String,
    /// The hash of its idempotency key, which holds its actor.
    #[serde(default)]
    pub key: Option<String>,
    /// Who asked.
    pub actor: String,
    /// The bot as which they were judged.
    #[serde(default)]
    pub bot: Option<String>,
    /// What is deployed: a host, or `all`.
    pub target: String,
    /// The image that was named.
    #[serde(default)]
    pub image: Option<String>,
    /// When it was accepted.
    pub at: Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// Until when whoever took it is believed to work on it.
    pub claimed_until: Timestamp,
    /// What names it at GitHub: its id and the mark of the audit log's head.
    #[serde(default)]
    pub request_id: Option<String>,
    /// When GitHub was asked last.
    #[serde(default)]
    pub asked_at: Option<Timestamp>,
    /// The run that came of it.
    #[serde(default)]
    pub run: Option<RunView>,
    /// Why GitHub did not take it.
    #[serde(default)]
    pub failure: Option<Failure>,
}

/// How far a deploy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// It holds the lease, and nobody was told yet.
    Reserved,
    /// GitHub is being asked; whether it was is not known.
    Dispatching,
    /// GitHub took it.
    Dispatched,
    /// It is over.
    Ended(DeployState),
}

/// Why GitHub did not take a deploy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The code.
    pub code: ControlErrorCode,
    /// What the caller was told.
    pub words: String,
}

impl Deployment {
    /// Whether nothing more will come of it.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        match self.stage {
            Stage::Ended(_) => true,
            Stage::Reserved | Stage::Dispatching | Stage::Dispatched => false,
        }
    }

    /// Where it stands, for whoever asks.
    #[must_use]
    pub fn state(&self) -> DeployState {
        match (self.stage, &self.run) {
            (Stage::Reserved | Stage::Dispatching, _) => DeployState::Dispatching,
            (Stage::Ended(state), _) => state,
            (Stage::Dispatched, None) => DeployState::Dispatched,
            (Stage::Dispatched, Some(run)) => state_of(run),
        }
    }

    /// What is said of it.
    #[must_use]
    pub fn view(&self) -> DeployView {
        DeployView {
            request_id: self.request_id.clone().unwrap_or_else(|| self.id.clone()),
            target: self.target.clone(),
            by: self.actor.clone(),
            at: self.at,
            state: self.state(),
            run: self.run.clone(),
        }
    }
}

/// What GitHub's words for a run come to.
pub(super) fn state_of(run: &RunView) -> DeployState {
    match (run.status.as_str(), run.conclusion.as_deref()) {
        ("completed", Some("success")) => DeployState::Succeeded,
        ("completed", Some("cancelled")) => DeployState::Cancelled,
        ("completed", _) => DeployState::Failed,
        ("in_progress", _) => DeployState::InProgress,
        // `requested`, `waiting`, `pending`, and whatever comes to be.
        _ => DeployState::Queued,
    }
}
