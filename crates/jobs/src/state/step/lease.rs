//! Who works on the job: claim, renewal, release, and the place under the caps.

use clawlets_model::{JobKind, Phase, Reason, Status, VmState, socket::WhenFull};
use jiff::Timestamp;

use super::Next;
use crate::state::{
    caps::Full,
    event::Happened,
    job::Vm,
    lease::{Lease, WorkerId},
    refused::Refused,
    retry::MOST_TAKEOVERS,
};

impl Next {
    pub(super) fn claim(
        &mut self,
        worker: &WorkerId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let job = &mut self.job;
        let from_queue = job.status == Status::Queued && job.run_at <= now;
        let silent = job.lease.as_ref().is_some_and(|lease| lease.is_expired(now));
        let from_worker = job.is_in_hand() && (silent || job.lease.is_none());
        if !from_queue && !from_worker {
            self.unless_ended()?;
            return Err(self.out_of_order("claim"));
        }
        job.lease_epoch += 1;
        job.lease = Some(Lease { worker: worker.clone(), expires_at: until });
        let detail = Some(format!("worker {worker}, epoch {}", job.lease_epoch));
        if from_queue {
            job.status = Status::Running;
            job.started_at.get_or_insert(now);
            job.phase = match job.kind {
                JobKind::CattleSpawn => Phase::Reserving,
                JobKind::CattleReap => Phase::Running,
            };
            self.line(Happened::Claimed, detail);
            return Ok(());
        }
        if silent {
            job.takeovers = job.takeovers.saturating_add(1);
        }
        let gives_up = job.takeovers > MOST_TAKEOVERS && job.status == Status::Running;
        self.line(Happened::TakenOver, detail);
        if gives_up {
            let message = format!("{MOST_TAKEOVERS} workers fell silent while they held the job");
            self.end(Reason::Error, Some(&message), now);
        }
        Ok(())
    }

    pub(super) fn renew(&mut self, until: Timestamp) -> Result<(), Refused> {
        match &mut self.job.lease {
            Some(lease) => {
                lease.expires_at = until;
                Ok(())
            }
            None => Err(Refused::StaleLease { current: self.job.lease_epoch }),
        }
    }

    pub(super) fn release(&mut self) -> Result<(), Refused> {
        self.job.lease = None;
        self.line(Happened::Released, None);
        Ok(())
    }

    pub(super) fn reserve(&mut self) -> Result<(), Refused> {
        self.may_get_a_vm("reserve")?;
        if self.job.phase == Phase::Creating {
            return Ok(());
        }
        self.job.phase = Phase::Creating;
        self.job.vm = Vm::NONE;
        self.line(Happened::Reserved, None);
        Ok(())
    }

    pub(super) fn no_room(&mut self, full: &Full, now: Timestamp) -> Result<(), Refused> {
        self.may_get_a_vm("reserve")?;
        match (self.job.when_full, full) {
            (WhenFull::Refuse, Full::Places { .. }) | (_, Full::Money(_)) => {
                self.end(Reason::Capacity, Some(&full.to_string()), now);
            }
            (WhenFull::Queue, Full::Places { .. }) => {
                self.job.status = Status::Queued;
                self.job.phase = Phase::Reserving;
                self.job.lease = None;
                self.line(Happened::Waiting, Some(full.to_string()));
            }
        }
        Ok(())
    }

    /// Refuses unless the job is about to get a VM: it runs, and has none. A place under the caps is good for one VM: when
    /// that is gone, the try has failed.
    pub(super) fn may_get_a_vm(&self, event: &'static str) -> Result<(), Refused> {
        self.if_running(event)?;
        let job = &self.job;
        if job.cancel_requested {
            return Err(Refused::Canceling);
        }
        match (job.vm.state, job.phase) {
            (VmState::None | VmState::Gone, Phase::Reserving) | (VmState::None, Phase::Creating) => Ok(()),
            (VmState::None | VmState::Gone, _) => Err(self.out_of_order(event)),
            (VmState::Live | VmState::Deleting, _) => Err(Refused::VmNotGone { attempt: job.attempt }),
        }
    }
}
