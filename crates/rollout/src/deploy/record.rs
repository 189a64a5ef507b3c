//! What is known of a deploy.

use clawlets_model::HostName;

use crate::{InstanceId, RequestId, Target, image::Choice, plan::Order};

/// A deploy: who gets what, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name.
    pub request: RequestId,
    /// What was asked for.
    pub target: Target,
    /// The hosts, in the order in which they are replaced.
    pub hosts: Vec<HostRecord>,
}

/// One host of a deploy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRecord {
    /// Its name.
    pub host: HostName,
    /// The image that it gets. It stays what it was when the deploy began.
    pub choice: Choice,
    /// How far it is.
    pub stage: Stage,
}

/// How far a host is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Nothing has happened to it.
    Waiting,
    /// A plan that was accepted is being applied. What stands afterwards is for the state of OpenTofu to say.
    Applying,
    /// It has its new instance, which has yet to prove itself.
    Replaced(InstanceId),
    /// Its new instance does its work.
    Healthy(InstanceId),
    /// The deploy ended here, with why. The next run tries this host again.
    Failed(String),
}

impl Record {
    /// A deploy that has not begun.
    #[must_use]
    pub fn new(request: RequestId, target: Target, hosts: Vec<(HostName, Choice)>) -> Self {
        let hosts =
            hosts.into_iter().map(|(host, choice)| HostRecord { host, choice, stage: Stage::Waiting });
        Self { request, target, hosts: hosts.collect() }
    }

    /// What a plan for one of its hosts is to do.
    #[must_use]
    pub fn order(&self, host: &HostRecord) -> Order {
        Order { host: host.host.clone(), image: host.choice.image.clone(), request: self.request.clone() }
    }
}

impl HostRecord {
    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Healthy(_))
    }
}
