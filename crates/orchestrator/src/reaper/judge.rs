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
    if is_expired(server, ours, reaping, now) {
        return Verdict::Delete(Doom::Expired);
    }
    if !is_of(server, ours) {
        return Verdict::Keep;
    }
    match owned.owner(server) {
        Some(job) if server.status == ServerStatus::Off && !boots(job) => Verdict::Delete(Doom::Off),
        Some(_) => Verdict::Keep,
        None if server.created > now - reaping.unowned_grace => Verdict::Keep,
        None => Verdict::Delete(Doom::Unowned),
    }
}

/// Whether the labels of a VM alone say that it must go. For a VM of another orchestrator, only when they have said so
/// for a while: its own orchestrator is the first to act.
#[must_use]
pub(super) fn is_expired(server: &Server, ours: &str, reaping: Reaping, now: Timestamp) -> bool {
    let expires_at = cattle::expires_at(&server.labels);
    if is_of(server, ours) {
        return expires_at.is_none_or(|at| at <= now);
    }
    let overdue = expires_at.is_none_or(|at| at <= now - reaping.foreign_grace);
    // One without a readable expiry gets the same time from its creation on.
    let is_young = expires_at.is_none() && server.created > now - reaping.foreign_grace;
    overdue && !is_young
}

fn is_of(server: &Server, orchestrator: &str) -> bool {
    cattle::label(&server.labels, cattle::keys::ORCHESTRATOR) == Some(orchestrator)
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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::*;
    use clawlets_cloud::ServerId;
    use clawlets_jobs::state;
    use clawlets_model::{
        JobId, JobKind, LabelKey, LabelValue, Labels, Requester, VmState, socket::WhenFull,
    };

    const REAPING: Reaping = Reaping {
        interval: Duration::from_secs(60),
        unowned_grace: Duration::from_secs(120),
        foreign_grace: Duration::from_secs(600),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn server(labels: &[(&str, &str)], created: i64, status: ServerStatus) -> Server {
        let label =
            |(key, value): &(&str, &str)| (LabelKey::parse(key).unwrap(), LabelValue::parse(value).unwrap());
        Server {
            id: ServerId::new(7),
            name: "cattle-rex-0-1".to_owned(),
            status,
            created: at(created),
            labels: labels.iter().map(label).collect::<Labels>(),
            other_labels: BTreeMap::new(),
            server_type: "cx23".to_owned(),
            location: "nbg1".to_owned(),
            image: None,
            ipv4: None,
            locked: false,
            delete_protected: false,
        }
    }

    fn owner(phase: Phase, server_id: Option<u64>) -> Owned {
        let job = Job {
            id: JobId::from_parts(1, 1),
            requester: Requester::operator(),
            kind: JobKind::CattleSpawn,
            about: state::About::default(),
            priority: state::Priority::default(),
            max_attempts: state::MaxAttempts::default(),
            when_full: WhenFull::Refuse,
            status: Status::Running,
            phase,
            reason: None,
            message: None,
            exit_code: None,
            result: None,
            attempt: 1,
            failures: 0,
            takeovers: 0,
            lease_epoch: 1,
            lease: None,
            vm: state::Vm {
                state: VmState::Live,
                server_id,
                server_name: Some("cattle-rex-0-1".to_owned()),
                redeemed: phase == Phase::Running,
            },
            cancel_requested: false,
            created_at: at(0),
            run_at: at(0),
            started_at: None,
            ended_at: None,
            expires_at: None,
        };
        Owned::new(vec![job])
    }

    #[test]
    fn a_vm_goes_only_for_a_reason() {
        let id = JobId::from_parts(1, 1).to_string();
        let id = id.as_str();
        let ours = |expires| [("orchestrator", "web-1"), ("job-id", id), ("expires-at", expires)];
        let theirs = |expires| [("orchestrator", "web-2"), ("job-id", id), ("expires-at", expires)];
        let (running, off) = (ServerStatus::Running, ServerStatus::Off);
        let works = || owner(Phase::Running, Some(7));
        let nobody = Owned::default;
        let keep = Verdict::Keep;
        let (expired, idle, unowned) =
            (Verdict::Delete(Doom::Expired), Verdict::Delete(Doom::Off), Verdict::Delete(Doom::Unowned));
        let cases = [
            ("owned", server(&ours("20000"), 0, running), works(), keep),
            ("owned and expired", server(&ours("10000"), 0, running), works(), expired),
            ("owned, without an expiry", server(&ours("soon"), 0, running), works(), expired),
            ("owned and off", server(&ours("20000"), 0, off), works(), idle),
            (
                "owned, off before its start",
                server(&ours("20000"), 0, off),
                owner(Phase::Booting, Some(7)),
                keep,
            ),
            (
                "owned, its id not known yet",
                server(&ours("20000"), 0, running),
                owner(Phase::Creating, None),
                keep,
            ),
            (
                "another VM of the same name",
                server(&ours("20000"), 0, running),
                owner(Phase::Running, Some(8)),
                unowned,
            ),
            ("unowned", server(&ours("20000"), 0, running), nobody(), unowned),
            ("unowned and young", server(&ours("20000"), 9_900, running), nobody(), keep),
            ("theirs", server(&theirs("20000"), 0, off), nobody(), keep),
            ("theirs, just expired", server(&theirs("9500"), 0, running), nobody(), keep),
            ("theirs, long expired", server(&theirs("9400"), 0, running), nobody(), expired),
            ("theirs, malformed and old", server(&theirs("x"), 0, running), nobody(), expired),
            ("theirs, malformed and young", server(&theirs("x"), 9_900, running), nobody(), keep),
            ("nobody's", server(&[], 0, running), nobody(), expired),
        ];
        for (name, server, owned, expected) in cases {
            assert_eq!(judge(&server, "web-1", &owned, REAPING, at(10_000)), expected, "{name}");
        }
    }
}
