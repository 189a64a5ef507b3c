//! AWS, OpenTofu's state and the disk with the record, as far as a deploy can tell. What a crash leaves behind stays.

use std::collections::{BTreeMap, BTreeSet};

use clawlets_model::HostName;
use clawlets_rollout::{
    InstanceId,
    deploy::{Action, Event, Machine, Outcome, Record},
    health::{Judgement, Power, Report, Sighting, judge},
    plan::{Order, Verdict},
    state::{Making, Standing},
};

/// What a host runs, and how.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    /// OpenTofu's state.
    pub(crate) state: BTreeMap<HostName, Standing>,
    /// What lives at AWS.
    pub(crate) living: BTreeMap<InstanceId, (HostName, Standing)>,
    /// What was saved last.
    pub(crate) record: Option<Record>,
    /// Hosts whose new instances never become healthy.
    pub(crate) sick: BTreeSet<HostName>,
    /// Every instance that was made, in order, with the hosts that were down at that moment.
    pub(crate) made: Vec<(HostName, InstanceId)>,
    next: u32,
    planned: Option<(Order, Verdict)>,
}

/// The points at which a run may be cut off.
#[derive(Debug)]
pub(crate) struct Fuse {
    left: Option<usize>,
}

/// The run was cut off.
#[derive(Debug)]
pub(crate) struct Crash;

impl Fuse {
    /// One that burns through after so many points.
    pub(crate) fn after(points: usize) -> Self {
        Self { left: Some(points) }
    }

    pub(crate) fn none() -> Self {
        Self { left: None }
    }

    fn point(&mut self) -> Result<(), Crash> {
        match &mut self.left {
            None => Ok(()),
            Some(0) => Err(Crash),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
        }
    }
}

impl World {
    /// Puts an instance there, as an earlier deploy did.
    pub(crate) fn put(&mut self, host: &HostName, image: u32) -> InstanceId {
        let standing = self.make(crate::image(image), "r-0");
        let id = standing.instance.clone();
        self.living.insert(id.clone(), (host.clone(), standing.clone()));
        self.state.insert(host.clone(), standing);
        id
    }

    fn make(&mut self, image: clawlets_fleet::AmiId, request: &str) -> Standing {
        self.next += 1;
        Standing {
            instance: InstanceId::parse(&format!("i-{:08x}", self.next)).unwrap(),
            image: Some(image),
            request: Some(request.to_owned()),
            making: Making::Whole,
        }
    }

    /// Runs until the end, or until the fuse burns through.
    pub(crate) fn run(&mut self, mut machine: Machine, fuse: &mut Fuse) -> Result<(Outcome, Machine), Crash> {
        loop {
            if self.record.as_ref() != Some(machine.record()) {
                fuse.point()?;
                self.record = Some(machine.record().clone());
            }
            fuse.point()?;
            let event = match machine.next() {
                Action::End(outcome) => return Ok((outcome, machine)),
                Action::Look => Event::Found { standing: self.state.clone(), living: self.sightings() },
                Action::Survey(order) | Action::Plan(order) => Event::Allowed(self.plan(order)),
                Action::Apply(order) => self.apply(&order, fuse)?,
                Action::Watch(order, instance) => self.watch(&order, &instance),
            };
            machine.on(event).unwrap();
        }
    }

    fn sightings(&self) -> BTreeMap<HostName, Vec<Sighting>> {
        let mut found: BTreeMap<HostName, Vec<Sighting>> = BTreeMap::new();
        for (host, standing) in self.living.values() {
            found.entry(host.clone()).or_default().push(Sighting {
                instance: standing.instance.clone(),
                image: standing.image.clone(),
                power: Power::Running,
            });
        }
        found
    }

    fn plan(&mut self, order: Order) -> Verdict {
        let verdict = match self.state.get(&order.host) {
            Some(standing) => Verdict::Replace { from: Some(standing.instance.clone()) },
            None => Verdict::Create,
        };
        self.planned = Some((order, verdict.clone()));
        verdict
    }

    /// As OpenTofu does it: delete, write the state, make, write the state. It may be cut off in between.
    fn apply(&mut self, order: &Order, fuse: &mut Fuse) -> Result<Event, Crash> {
        let (planned, verdict) = self.planned.take().expect("a plan is applied once");
        assert_eq!(&planned, order, "what is applied is what was planned last");
        if let Verdict::Replace { from: Some(from) } = verdict {
            self.living.remove(&from);
            fuse.point()?;
            self.state.remove(&order.host);
            fuse.point()?;
        }
        let standing = self.make(order.image.clone(), order.request.as_str());
        self.made.push((order.host.clone(), standing.instance.clone()));
        self.living.insert(standing.instance.clone(), (order.host.clone(), standing.clone()));
        fuse.point()?;
        self.state.insert(order.host.clone(), standing);
        fuse.point()?;
        Ok(Event::Applied)
    }

    fn watch(&self, order: &Order, instance: &InstanceId) -> Event {
        let seen = self.sightings().remove(&order.host).unwrap_or_default();
        let report =
            if self.sick.contains(&order.host) { Report::Bad("no bot".to_owned()) } else { Report::Good };
        match judge(instance, &order.image, &seen, &report) {
            Judgement::Ready => Event::Healthy,
            Judgement::Wait(why) | Judgement::Lost(why) => Event::Failed(why),
        }
    }
}
