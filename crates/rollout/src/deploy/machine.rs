//! The order of the steps.

use std::collections::BTreeMap;

use clawlets_model::HostName;
use thiserror::Error;

use super::{HostRecord, Record, Stage};
use crate::{
    InstanceId,
    health::{Sighting, strays},
    plan::{Order, Verdict},
    state::{Instances, Making, Standing},
};

/// How far a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// To the end.
    Whole,
    /// Until every host has been planned and judged. Nothing is changed.
    PlanOnly,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Read the state of OpenTofu, and list the instances at AWS. Answered by [`Event::Found`].
    Look,
    /// Plan for a host and judge the plan, for nobody to apply. Answered by [`Event::Allowed`].
    Survey(Order),
    /// Plan for a host and judge the plan, for it to be applied next. Answered by [`Event::Allowed`].
    Plan(Order),
    /// Apply the plan that was allowed last. Answered by [`Event::Applied`].
    Apply(Order),
    /// Watch a new instance until it does its work. Answered by [`Event::Healthy`].
    Watch(Order, InstanceId),
    /// Nothing: this run is over.
    End(Outcome),
}

/// What came of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// What stands by the state, and what lives at AWS under the name of each host.
    Found {
        /// The instances in the state.
        standing: Instances,
        /// The instances at AWS.
        living: BTreeMap<HostName, Vec<Sighting>>,
    },
    /// The plan may be applied.
    Allowed(Verdict),
    /// The plan was applied.
    Applied,
    /// The instance does its work.
    Healthy,
    /// The action failed, was refused, or took too long. With why.
    Failed(String),
    /// Somebody wants the run to end. Possible at any time.
    Interrupted,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every host has its new instance.
    Done,
    /// Every plan was allowed, and nothing was changed.
    Planned,
    /// A host failed, and those behind it were left alone.
    Stopped {
        /// The host.
        host: HostName,
        /// Why.
        why: String,
    },
    /// What stands could not be found out. With why.
    Blind(String),
    /// Somebody wanted it to end. The same request goes on.
    Interrupted,
}

/// An event that answers nothing that was asked. It changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the deploy did not ask for that")]
pub struct Unexpected;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Phase {
    Looking,
    Surveying(usize),
    Planning(usize),
    Applying(usize),
    /// The plan for a host was applied: which instance is it now?
    Finding(usize),
    Watching(usize, InstanceId),
    Ended(Outcome),
}

/// A run of a deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    record: Record,
    extent: Extent,
    phase: Phase,
    verdicts: Vec<Option<Verdict>>,
}

impl Machine {
    /// Begins a run, be it the first of its deploy or one that goes on.
    #[must_use]
    pub fn new(record: Record, extent: Extent) -> Self {
        let verdicts = vec![None; record.hosts.len()];
        Self { record, extent, phase: Phase::Looking, verdicts }
    }

    /// What is to be saved before the next action whenever it has changed.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What the plans of this run do, host by host; none where nothing was planned.
    #[must_use]
    pub fn verdicts(&self) -> &[Option<Verdict>] {
        &self.verdicts
    }

    /// What is to be done.
    #[must_use]
    pub fn next(&self) -> Action {
        let order = |at: usize| self.record.order(&self.record.hosts[at]);
        match &self.phase {
            Phase::Looking | Phase::Finding(_) => Action::Look,
            Phase::Surveying(at) => Action::Survey(order(*at)),
            Phase::Planning(at) => Action::Plan(order(*at)),
            Phase::Applying(at) => Action::Apply(order(*at)),
            Phase::Watching(at, instance) => Action::Watch(order(*at), instance.clone()),
            Phase::Ended(outcome) => Action::End(outcome.clone()),
        }
    }

    /// Takes what came of the action.
    ///
    /// # Errors
    /// [`Unexpected`] for an event that does not answer the action.
    pub fn on(&mut self, event: Event) -> Result<(), Unexpected> {
        let phase = self.phase.clone();
        self.phase = match (phase, event) {
            (Phase::Ended(_), _) => return Err(Unexpected),
            (_, Event::Interrupted) => Phase::Ended(Outcome::Interrupted),
            (Phase::Looking, Event::Found { standing, living }) => self.take_stock(&standing, &living),
            (Phase::Surveying(at), Event::Allowed(verdict)) => {
                self.verdicts[at] = Some(verdict);
                self.survey_from(at + 1)
            }
            (Phase::Planning(at), Event::Allowed(verdict)) => {
                self.verdicts[at] = Some(verdict);
                self.record.hosts[at].stage = Stage::Applying;
                Phase::Applying(at)
            }
            (Phase::Applying(at), Event::Applied) => Phase::Finding(at),
            (Phase::Finding(at), Event::Found { standing, .. }) => self.found(at, &standing),
            (Phase::Watching(at, instance), Event::Healthy) => {
                self.record.hosts[at].stage = Stage::Healthy(instance);
                self.go_on()
            }
            (Phase::Looking, Event::Failed(why)) => Phase::Ended(Outcome::Blind(why)),
            // A plan that nobody was going to apply leaves no mark.
            (Phase::Surveying(at), Event::Failed(why)) => self.stopped(at, why),
            (
                Phase::Planning(at) | Phase::Applying(at) | Phase::Finding(at) | Phase::Watching(at, _),
                Event::Failed(why),
            ) => self.fail(at, why),
            (
                Phase::Looking
                | Phase::Surveying(_)
                | Phase::Planning(_)
                | Phase::Applying(_)
                | Phase::Finding(_)
                | Phase::Watching(..),
                Event::Found { .. } | Event::Allowed(_) | Event::Applied | Event::Healthy,
            ) => return Err(Unexpected),
        };
        Ok(())
    }

    /// Holds the record against what stands, and begins with the survey.
    fn take_stock(&mut self, standing: &Instances, living: &BTreeMap<HostName, Vec<Sighting>>) -> Phase {
        for at in 0..self.record.hosts.len() {
            let host = &self.record.hosts[at];
            if host.is_done() {
                continue;
            }
            let known = standing.get(&host.host);
            let seen = living.get(&host.host).map(Vec::as_slice).unwrap_or_default();
            if let Some(stray) = strays(seen, known.map(|known| &known.instance)).first() {
                let why = format!("instance {stray} bears its name, and OpenTofu's state does not know it");
                return self.stopped(at, why);
            }
            let ours = known.filter(|known| self.is_ours(host, known)).map(|known| known.instance.clone());
            self.record.hosts[at].stage = ours.map_or(Stage::Waiting, Stage::Replaced);
        }
        self.survey_from(0)
    }

    /// Whether an instance is what this deploy wants the host to have.
    fn is_ours(&self, host: &HostRecord, standing: &Standing) -> bool {
        standing.making == Making::Whole
            && standing.image.as_ref() == Some(&host.choice.image)
            && standing.request.as_deref() == Some(self.record.request.as_str())
    }

    /// Of a single host the survey would only say what its plan says right behind it.
    fn survey_from(&mut self, first: usize) -> Phase {
        let waiting = |at: &usize| self.record.hosts[*at].stage == Stage::Waiting;
        if self.extent == Extent::Whole && (0..self.record.hosts.len()).filter(waiting).count() <= 1 {
            return self.go_on();
        }
        match ((first..self.record.hosts.len()).find(waiting), self.extent) {
            (Some(at), _) => Phase::Surveying(at),
            (None, Extent::PlanOnly) => Phase::Ended(Outcome::Planned),
            (None, Extent::Whole) => self.go_on(),
        }
    }

    /// The first host that is not done.
    fn go_on(&self) -> Phase {
        let open = self.record.hosts.iter().enumerate().find(|(_, host)| !host.is_done());
        match open.map(|(at, host)| (at, &host.stage)) {
            None => Phase::Ended(Outcome::Done),
            Some((at, Stage::Replaced(instance))) => Phase::Watching(at, instance.clone()),
            Some((at, Stage::Waiting | Stage::Applying | Stage::Failed(_) | Stage::Healthy(_))) => {
                Phase::Planning(at)
            }
        }
    }

    fn found(&mut self, at: usize, standing: &Instances) -> Phase {
        let host = &self.record.hosts[at];
        match standing.get(&host.host).filter(|known| self.is_ours(host, known)) {
            Some(known) => {
                let instance = known.instance.clone();
                self.record.hosts[at].stage = Stage::Replaced(instance.clone());
                Phase::Watching(at, instance)
            }
            None => self
                .fail(at, "the plan was applied, and the state holds no instance of this deploy".to_owned()),
        }
    }

    fn fail(&mut self, at: usize, why: String) -> Phase {
        self.record.hosts[at].stage = Stage::Failed(why.clone());
        self.stopped(at, why)
    }

    fn stopped(&self, at: usize, why: String) -> Phase {
        Phase::Ended(Outcome::Stopped { host: self.record.hosts[at].host.clone(), why })
    }
}
