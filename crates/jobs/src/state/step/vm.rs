//! The VM of the job: asked for, made, running, deleted, gone.

use clawlets_model::{Phase, VmState};
use jiff::Timestamp;

use super::{CredentialChange, Next};
use crate::state::{event::Happened, job::Vm, lease::Fence, refused::Refused};

impl Next {
    pub(super) fn intend(
        &mut self,
        attempt: u32,
        server_name: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.may_get_a_vm("create")?;
        let job = &mut self.job;
        if job.phase != Phase::Creating {
            return Err(self.out_of_order("create"));
        }
        if attempt != job.attempt + 1 {
            return Err(Refused::StaleAttempt { current: job.attempt });
        }
        if attempt > job.max_attempts.get() {
            return Err(Refused::NoAttemptsLeft(job.max_attempts.get()));
        }
        if expires_at <= now {
            return Err(Refused::InThePast(expires_at));
        }
        job.attempt = attempt;
        job.expires_at = Some(expires_at);
        job.vm = Vm { state: VmState::Live, server_name: Some(server_name.to_owned()), ..Vm::NONE };
        self.line(Happened::Creating, Some(format!("{server_name}, attempt {attempt}")));
        Ok(())
    }

    pub(super) fn created(&mut self, server_id: u64) -> Result<(), Refused> {
        let job = &mut self.job;
        if !job.vm.may_exist() {
            return Err(self.out_of_order("created"));
        }
        match job.vm.server_id {
            Some(known) if known == server_id => return Ok(()),
            Some(known) => return Err(Refused::OtherServer { known }),
            None => job.vm.server_id = Some(server_id),
        }
        if job.phase == Phase::Creating {
            job.phase = Phase::Booting;
        }
        self.line(Happened::Created, Some(format!("server {server_id}")));
        Ok(())
    }

    pub(super) fn powered_on(&mut self, token_expires_at: Timestamp) -> Result<(), Refused> {
        let job = &self.job;
        self.if_running("powered-on")?;
        if job.vm.state != VmState::Live {
            return Err(self.out_of_order("powered-on"));
        }
        if !job.vm.redeemed {
            let (attempt, expires_at) = (job.attempt, token_expires_at);
            self.credentials = Some(CredentialChange::Prolong { attempt, expires_at });
            self.line(Happened::PoweredOn, None);
        }
        Ok(())
    }

    pub(super) fn extend(&mut self, expires_at: Timestamp, now: Timestamp) -> Result<(), Refused> {
        if self.job.vm.state != VmState::Live {
            self.unless_ended()?;
            return Err(self.out_of_order("extend"));
        }
        if expires_at <= now {
            return Err(Refused::InThePast(expires_at));
        }
        self.job.expires_at = Some(expires_at);
        self.line(Happened::Extended, Some(format!("until {expires_at:.0}")));
        Ok(())
    }

    /// A VM is deleted when the result is decided, or when it never spent its token and another try follows.
    pub(super) fn request_deletion(&mut self) -> Result<(), Refused> {
        let job = &mut self.job;
        if job.vm.redeemed && !job.status.is_final() {
            return Err(Refused::Redeemed);
        }
        match job.vm.state {
            VmState::None | VmState::Gone => return Err(self.out_of_order("delete")),
            VmState::Deleting => return Ok(()),
            VmState::Live => job.vm.state = VmState::Deleting,
        }
        if job.status.is_final() {
            job.phase = Phase::Deleting;
        }
        self.line(Happened::Deleting, None);
        Ok(())
    }

    /// Without a lease only a VM whose id is known can be proved gone: one that was asked for a moment ago is in no
    /// listing yet.
    pub(super) fn vm_gone(&mut self, attempt: u32, fence: Fence) -> Result<(), Refused> {
        let job = &mut self.job;
        if attempt != job.attempt {
            return Err(Refused::StaleAttempt { current: job.attempt });
        }
        match job.vm.state {
            VmState::None => return Err(self.out_of_order("gone")),
            VmState::Gone => return Ok(()),
            VmState::Live | VmState::Deleting => {}
        }
        if fence == Fence::Open && job.vm.server_id.is_none() {
            return Err(Refused::VmNotGone { attempt });
        }
        job.vm.state = VmState::Gone;
        self.line(Happened::Gone, None);
        Ok(())
    }
}
