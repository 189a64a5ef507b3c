//! The beginning of a deploy: from a wish to a lease, and on to GitHub.

use std::time::Duration;

use clawlets_model::control::{ControlErrorCode, DeployState, RunView};
use jiff::{SignedDuration, Timestamp};

use super::{Deployment, Failure, Lease, Ledger, Stage};

/// How long things last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spans {
    /// How long a deploy keeps others out when nothing is heard of its run.
    pub lease: Duration,
    /// How long a bot waits before a target is deployed by a bot again.
    pub between: Duration,
    /// How long whoever begins a deploy is believed to work on it.
    pub claim: Duration,
    /// How long a run may take to show itself.
    pub run: Duration,
}

/// A deploy that somebody may make, by everything but the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The id that it will have.
    pub id: String,
    /// The hash of its idempotency key.
    pub key: Option<String>,
    /// Who asks.
    pub actor: String,
    /// The bot as which they are judged.
    pub bot: Option<String>,
    /// What is deployed: a host, or `all`.
    pub target: String,
    /// The image that was named.
    pub image: Option<String>,
}

/// What came of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// It is begun, and whoever asked goes on with it.
    Taken(Box<Deployment>),
    /// It was begun before by somebody who is gone; whoever asked goes on with it.
    Resumed(Box<Deployment>),
    /// It was done before.
    Replay(Box<Deployment>),
    /// Somebody else is doing it right now.
    InFlight(Box<Deployment>),
    /// Another deploy is under way.
    Busy(Box<Deployment>),
    /// The key was used for something else.
    KeyReused,
    /// A bot deployed that target at this time.
    TooSoon(Timestamp),
}

fn later(now: Timestamp, span: Duration) -> Timestamp {
    let span = SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX);
    now.saturating_add(span).unwrap_or(Timestamp::MAX)
}

impl Ledger {
    /// Takes the lease for a deploy, or says why not.
    pub fn reserve(&mut self, wanted: &Wanted, now: Timestamp, spans: &Spans) -> Reserved {
        self.settle(now, spans);
        self.expire(now);
        if let Some(key) = &wanted.key
            && let Some(at) = self.deploys.iter().rposition(|deploy| deploy.key.as_ref() == Some(key))
        {
            return self.again(at, wanted, now, spans);
        }
        if let Some(at) = self.too_soon(wanted, now, spans) {
            return Reserved::TooSoon(at);
        }
        if let Some(busy) = self.busy(now) {
            return Reserved::Busy(Box::new(busy));
        }
        let deploy = Deployment {
            id: wanted.id.clone(),
            key: wanted.key.clone(),
            actor: wanted.actor.clone(),
            bot: wanted.bot.clone(),
            target: wanted.target.clone(),
            image: wanted.image.clone(),
            at: now,
            stage: Stage::Reserved,
            claimed_until: later(now, spans.claim),
            request_id: None,
            asked_at: None,
            run: None,
            failure: None,
        };
        self.lease = Some(Lease { owner: deploy.id.clone(), expires_at: later(now, spans.lease) });
        self.deploys.push(deploy.clone());
        self.forget();
        Reserved::Taken(Box::new(deploy))
    }

    /// Takes back what is further in the future than it can have been written: the clock was ahead then. Else nothing would
    /// be deployed until that time comes.
    fn settle(&mut self, now: Timestamp, spans: &Spans) {
        if let Some(lease) = &mut self.lease {
            lease.expires_at = lease.expires_at.min(later(now, spans.lease));
        }
        for deploy in &mut self.deploys {
            deploy.at = deploy.at.min(now);
            deploy.claimed_until = deploy.claimed_until.min(later(now, spans.claim));
            deploy.asked_at = deploy.asked_at.map(|asked| asked.min(now));
        }
    }

    /// The same key again.
    fn again(&mut self, at: usize, wanted: &Wanted, now: Timestamp, spans: &Spans) -> Reserved {
        let known = &self.deploys[at];
        let same = (&known.target, &known.image, &known.bot) == (&wanted.target, &wanted.image, &wanted.bot);
        if !same {
            return Reserved::KeyReused;
        }
        match known.stage {
            Stage::Dispatched => return Reserved::Replay(Box::new(known.clone())),
            // What GitHub did not take was not done, and may be tried again.
            Stage::Ended(DeployState::Refused) => {}
            Stage::Ended(_) => return Reserved::Replay(Box::new(known.clone())),
            Stage::Reserved | Stage::Dispatching if known.claimed_until > now => {
                return Reserved::InFlight(Box::new(known.clone()));
            }
            Stage::Reserved | Stage::Dispatching => {}
        }
        let id = known.id.clone();
        if let Some(busy) = self.busy(now).filter(|busy| busy.id != id) {
            return Reserved::Busy(Box::new(busy));
        }
        self.lease = Some(Lease { owner: id, expires_at: later(now, spans.lease) });
        let deploy = &mut self.deploys[at];
        // It keeps its name, by which its run is looked for. What GitHub may have taken stays in doubt; what it did not take
        // begins anew.
        if deploy.is_over() {
            deploy.stage = Stage::Reserved;
        }
        deploy.claimed_until = later(now, spans.claim);
        deploy.failure = None;
        Reserved::Resumed(Box::new(deploy.clone()))
    }

    fn busy(&self, now: Timestamp) -> Option<Deployment> {
        let lease = self.lease.as_ref().filter(|lease| lease.expires_at > now)?;
        self.deploy(&lease.owner).filter(|deploy| !deploy.is_over()).cloned()
    }

    /// When a bot deployed the target of a bot's wish, if that was a short while ago.
    fn too_soon(&self, wanted: &Wanted, now: Timestamp, spans: &Spans) -> Option<Timestamp> {
        wanted.bot.as_ref()?;
        let counts = |deploy: &&Deployment| {
            let was_done = !matches!(deploy.stage, Stage::Ended(DeployState::Refused));
            deploy.bot.is_some() && deploy.target == wanted.target && was_done
        };
        let last = self.deploys.iter().rev().find(counts)?;
        (later(last.at, spans.between) > now).then_some(last.at)
    }

    /// What is about to be asked of GitHub: from now on it may have happened. Gives the name that it has there, which
    /// stays the one that it had.
    pub fn intend(&mut self, id: &str, mark: &str, now: Timestamp) -> Option<String> {
        self.published = Some(mark.to_owned());
        let deploy = self.deploy_mut(id)?;
        deploy.stage = Stage::Dispatching;
        deploy.asked_at = Some(now);
        Some(deploy.request_id.get_or_insert_with(|| format!("{id}-{mark}")).clone())
    }

    /// GitHub took it.
    pub fn dispatched(&mut self, id: &str, run: Option<RunView>) {
        if let Some(deploy) = self.deploy_mut(id) {
            deploy.stage = Stage::Dispatched;
            deploy.failure = None;
            if let Some(run) = run {
                self.observed(id, run);
            }
        }
    }

    /// GitHub did not take it: the next one may begin.
    pub fn refused(&mut self, id: &str, code: ControlErrorCode, words: &str) {
        if let Some(deploy) = self.deploy_mut(id) {
            deploy.stage = Stage::Ended(DeployState::Refused);
            deploy.failure = Some(Failure { code, words: words.to_owned() });
        }
        self.release(id);
    }

    /// Whether GitHub took it is not known. Whoever asks next finds out.
    pub fn unsettled(&mut self, id: &str, now: Timestamp) {
        if let Some(deploy) = self.deploy_mut(id) {
            deploy.claimed_until = now;
        }
    }

    /// It was not begun: nothing is left of it, but what GitHub refused before.
    pub fn abandon(&mut self, id: &str) {
        self.deploys.retain(|deploy| deploy.id != id || deploy.request_id.is_some());
        if let Some(deploy) = self.deploy_mut(id) {
            deploy.stage = Stage::Ended(DeployState::Refused);
        }
        self.release(id);
    }
}
