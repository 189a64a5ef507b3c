//! A deploy, from the policy to GitHub.

use std::time::Duration;

use clawlets_audit::Decision;
use clawlets_model::control::{ControlErrorCode, DeployAnswer, DeployState, RunView};
use jiff::Timestamp;
use tokio::time::Instant;
use ulid::Ulid;

use super::{Control, log::Record, now};
use crate::{
    caller::Caller,
    ledger::{Deployment, Reserved, Stage, Wanted},
    policy,
    refusal::Refusal,
    registry::Registry,
    request::Deploy,
    store::{StoreError, step},
    upstream::Inputs,
};

/// How long the same request waits for the one that came first.
const WAIT: Duration = Duration::from_secs(6);
/// How often it looks meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

impl Control {
    /// Begins a deploy, once for each idempotency key.
    pub(super) async fn deploy(
        &self,
        caller: &Caller,
        deploy: &Deploy,
        registry: &Registry,
        record: &Record,
    ) -> Result<DeployAnswer, Refusal> {
        match self.reserve(caller, deploy, registry).await {
            Ok(Begun::Anew(deployment)) => self.carry_out(&deployment, record).await,
            Ok(Begun::Before(deployment)) => {
                self.allowed(record, Decision::Replay, &deployment.id).await?;
                answer(&deployment)
            }
            Err(refusal) => Err(self.denied(record, refusal).await),
        }
    }

    async fn reserve(&self, caller: &Caller, deploy: &Deploy, registry: &Registry) -> Result<Begun, Refusal> {
        policy::judge(caller, deploy, registry, self.images_by_bots(registry))?;
        if let Some(image) = &deploy.image {
            self.images.check(image).await?;
        }
        let actor = caller.identity().to_string();
        let wanted = Wanted {
            id: fresh_id(),
            key: deploy.key.as_ref().map(|key| key.digest(&actor)),
            actor,
            bot: caller.bot().map(ToString::to_string),
            target: deploy.target.as_str().to_owned(),
            image: deploy.image.as_ref().map(ToString::to_string),
        };
        let until = Instant::now() + WAIT;
        let mut was_followed = false;
        loop {
            let (now, spans) = (now(), &self.spans);
            match step(&*self.store, |ledger| ledger.reserve(&wanted, now, spans)).await.map_err(unusable)? {
                Reserved::Taken(deployment) | Reserved::Resumed(deployment) => {
                    return Ok(Begun::Anew(deployment));
                }
                Reserved::Replay(deployment) => return Ok(Begun::Before(deployment)),
                Reserved::InFlight(_) if Instant::now() < until => tokio::time::sleep(PAUSE).await,
                // Whether that one is over may be known at GitHub only.
                Reserved::Busy(busy) if !was_followed => {
                    was_followed = true;
                    self.follow(&busy).await;
                }
                Reserved::InFlight(busy) | Reserved::Busy(busy) => return Err(running(&busy)),
                Reserved::KeyReused => {
                    let words = "the idempotency key was used for another deploy";
                    return Err(Refusal::new(ControlErrorCode::KeyReused, words));
                }
                Reserved::TooSoon(at) => {
                    let words = format!("a bot deployed {} a short while ago, at {at:.0}", wanted.target);
                    return Err(Refusal::new(ControlErrorCode::TooSoon, words));
                }
            }
        }
    }

    /// From the lease to GitHub. From the moment that GitHub may have been asked, the deploy has one name, and is looked
    /// for under that name before it is asked again.
    async fn carry_out(&self, deployment: &Deployment, record: &Record) -> Result<DeployAnswer, Refusal> {
        let id = deployment.id.as_str();
        let head = match self.allowed(record, Decision::Allow, id).await {
            Ok(head) => head,
            Err(closed) => {
                self.note(step(&*self.store, |ledger| ledger.abandon(id)).await);
                return Err(closed);
            }
        };
        let (mark, at) = (head.mark(), now());
        let before = deployment.request_id.is_some().then_some(deployment);
        if let Some(before) = before
            && let Some(found) = self.found_before(before, at).await?
        {
            self.came_of_it(record, id, None).await;
            return answer(&found);
        }
        let intended = step(&*self.store, |ledger| ledger.intend(id, &mark, at)).await.map_err(unusable)?;
        let Some(request_id) = intended else {
            return Err(Refusal::new(
                ControlErrorCode::StateUnavailable,
                "the deploy was forgotten meanwhile",
            ));
        };
        let inputs = Inputs {
            target: deployment.target.clone(),
            image: deployment.image.clone().unwrap_or_default(),
            request_id,
        };
        match self.workflow.dispatch(&inputs, at).await {
            Ok(()) => {
                let run = self.workflow.find(&inputs.request_id, at).await.ok().flatten();
                self.note(step(&*self.store, |ledger| ledger.dispatched(id, run.clone())).await);
                self.came_of_it(record, id, None).await;
                Ok(accepted(&deployment.target, inputs.request_id, run))
            }
            Err(error) => {
                let refusal = error.refusal();
                tracing::warn!(%error, deploy = id, "GitHub did not take a deploy");
                let outcome = if error.may_have_happened() {
                    step(&*self.store, |ledger| ledger.unsettled(id, at)).await
                } else {
                    step(&*self.store, |ledger| ledger.refused(id, refusal.code(), refusal.words())).await
                };
                self.note(outcome);
                self.came_of_it(record, id, Some(refusal.code())).await;
                Err(refusal)
            }
        }
    }

    /// A deploy that GitHub may have been asked for before: its run, if it shows. A run that may not show yet keeps the
    /// deploy from being asked for again.
    async fn found_before(&self, before: &Deployment, at: Timestamp) -> Result<Option<Deployment>, Refusal> {
        let (id, name) = (before.id.as_str(), before.request_id.as_deref().unwrap_or_default());
        let run = self.workflow.find(name, at).await.map_err(|error| error.refusal());
        let doubt = before.stage == Stage::Dispatching && !before.is_overdue(at, &self.spans);
        match run {
            Ok(Some(run)) => {
                let found = step(&*self.store, |ledger| {
                    ledger.dispatched(id, Some(run.clone()));
                    ledger.deploy(id).cloned()
                });
                Ok(found.await.map_err(unusable)?)
            }
            Ok(None) if !doubt => Ok(None),
            Ok(None) => {
                self.note(step(&*self.store, |ledger| ledger.unsettled(id, at)).await);
                Err(running(before))
            }
            Err(refusal) => {
                self.note(step(&*self.store, |ledger| ledger.unsettled(id, at)).await);
                Err(refusal)
            }
        }
    }

    /// A step that could not be written: whoever asks next takes it, by what GitHub says.
    fn note(&self, outcome: Result<(), StoreError>) {
        if let Err(error) = outcome {
            tracing::error!(%error, "the state was not written");
        }
    }
}

/// How a deploy begins.
enum Begun {
    /// Now.
    Anew(Box<Deployment>),
    /// It did before.
    Before(Box<Deployment>),
}

/// An id that nobody guesses, in the order of time.
fn fresh_id() -> String {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the system has randomness to give");
    let millis = u64::try_from(now().as_millisecond()).unwrap_or_default();
    Ulid::from_parts(millis, u128::from_be_bytes(random)).to_string().to_ascii_lowercase()
}

fn accepted(target: &str, request_id: String, run: Option<RunView>) -> DeployAnswer {
    DeployAnswer { ok: true, message: format!("The deploy of {target} is started."), request_id, run }
}

/// What is said of a deploy that was begun before.
fn answer(deployment: &Deployment) -> Result<DeployAnswer, Refusal> {
    let name = deployment.request_id.clone().unwrap_or_else(|| deployment.id.clone());
    match (&deployment.failure, deployment.state()) {
        (Some(failure), DeployState::Refused) => Err(Refusal::new(failure.code, &failure.words)),
        _ => Ok(accepted(&deployment.target, name, deployment.run.clone())),
    }
}

fn running(busy: &Deployment) -> Refusal {
    let run = busy.run.as_ref().map(|run| format!(": {}", run.url)).unwrap_or_default();
    let words = format!("a deploy of {} by {} is {}{run}", busy.target, busy.actor, busy.state().as_str());
    Refusal::new(ControlErrorCode::DeployRunning, words)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn unusable(error: StoreError) -> Refusal {
    tracing::error!(%error, "the state cannot be used: nothing is deployed");
    Refusal::new(ControlErrorCode::StateUnavailable, "the state cannot be used, so nothing is done")
}
