//! What became of the deploy that is under way.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{Control, now};
use crate::{
    ledger::{Deployment, Due},
    store::step,
};

/// How long what GitHub said of a run is good for those who only look.
const GOOD: Duration = Duration::from_secs(1);

/// Keeps those who look from asking GitHub each time.
#[derive(Debug, Default)]
pub struct Pace(Mutex<Option<Instant>>);

impl Pace {
    /// Whether it is time to ask again; from now on it is not.
    pub(super) fn is_due(&self) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| last.elapsed() >= GOOD);
        if is_due {
            *last = Some(Instant::now());
        }
        is_due
    }
}

impl Control {
    /// Finds out what is to be found out about a deploy, and writes it down. What cannot be found out now stays as it is.
    pub(super) async fn follow(&self, deploy: &Deployment) {
        let (id, now, spans) = (deploy.id.as_str(), now(), &self.spans);
        let outcome = match deploy.due(now) {
            Due::Nothing => return,
            Due::GiveUp => step(&*self.store, |ledger| ledger.unseen(id, now, spans)).await,
            Due::Run(name) => match self.workflow.find(&name, now).await {
                Ok(Some(run)) => step(&*self.store, |ledger| ledger.dispatched(id, Some(run.clone()))).await,
                Ok(None) => step(&*self.store, |ledger| ledger.unseen(id, now, spans)).await,
                Err(error) => return tracing::warn!(%error, deploy = id, "GitHub does not say what runs"),
            },
            Due::Look(run) => match self.workflow.look(run, now).await {
                Ok(run) => step(&*self.store, |ledger| ledger.observed(id, run.clone())).await,
                Err(error) => return tracing::warn!(%error, deploy = id, "GitHub does not say how a run is"),
            },
        };
        if let Err(error) = outcome {
            tracing::error!(%error, deploy = id, "what became of a deploy was not written down");
        }
    }
}
