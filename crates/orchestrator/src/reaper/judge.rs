//! Which VMs must go, and why. Pure.

use std::collections::HashMap;

use clawlets_cloud::{Server, ServerStatus};
use clawlets_jobs::Job;
use clawlets_model::{Phase, Status, cattle};
use jiff::Timestamp;

use crate::config::Reaping;

/// Why a VM must go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doom {
    /// Its time is over, or its labels do not say when that will be.
    Expired,
    /// It is off, so nobody can use it, and it costs the same.
    Off,
    /// It is ours, and no job owns it.
    Unowned,
}

impl Doom {
    /// The word for it.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Off => "off",
            Self::Unowned => "unowned",
        }
    }
}

/// What is to become of a VM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It stays.
    Keep,
    /// It must go.
    Delete(Doom),
}

/// The jobs of this orchestrator that have a VM or may have one, as they were **before** the provider was asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Owned {
    by_name: HashMap<String, Job>,
}

impl Owned {
    /// The owners among these jobs.
    #[must_use]
    pub(crate) fn new(jobs: Vec<Job>) -> Self {
        let named = jobs.into_iter().filter_map(|job| Some((job.vm.server_name.clone()?, job)));
        Self { by_name: named.collect() }
    }

    /// The job whose current VM this is: it says so by its name, and nothing in its labels contradicts.
    #[must_use]
    pub(crate) fn owner(&self, server: &Server) -> Option<&Job> {
        let job = self.by_name.get(&server.name)?;
        let same_job =
            cattle::label(&server.labels, cattle::keys::JOB_ID) == Some(job.id.to_string().as_str());
        let same_vm = job.vm.server_id.is_none_or(|id| id == server.id.get());
        (job.vm.may_exist() && same_job && same_vm).then_some(job)
    }

    /// The jobs, in no order.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.by_name.values()
    }
}

/// Whether a VM stays. `ours` is this orchestrator's name.
#[must_use]
pub(crate) fn judge(server: &Server, ours: &str, owned: &Owned, reaping: Reaping, now: Timestamp) -> Verdict {
    let expires_at = cattle::expires_at(&server.labels);
    if cattle::label(&server.labels, cattle::keys::ORCHESTRATOR) != Some(ours) {
        let overdue = expires_at.is_none_or(|at| at <= now - reaping.foreign_grace);
        // One without a readable expiry gets the same time from its creation on.
        let is_young = expires_at.is_none() && server.created > now - reaping.foreign_grace;
        return if overdue && !is_young { Verdict::Delete(Doom::Expired) } else { Verdict::Keep };
    }
    if expires_at.is_none_or(|at| at <= now) {
        return Verdict::Delete(Doom::Expired);
    }
    match owned.owner(server) {
        Some(job) if server.status == ServerStatus::Off && !boots(job) => Verdict::Delete(Doom::Off),
        Some(_) => Verdict::Keep,
        None if server.created > now - reaping.unowned_grace => Verdict::Keep,
        None => Verdict::Delete(Doom::Unowned),
    }
}

/// Whether the job's VM may be off because it has not started yet.
fn boots(job: &Job) -> bool {
    let early = match job.phase {
        Phase::Queued | Phase::Reserving | Phase::Creating | Phase::Booting => true,
        Phase::Ready | Phase::Running | Phase::Reporting | Phase::Ended | Phase::Deleting | Phase::Gone => {
            false
        }
    };
    early && job.status == Status::Running
}
