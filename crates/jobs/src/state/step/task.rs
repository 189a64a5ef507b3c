//! What the VM says: it is here, the task runs, the task ended, and how.

use clawlets_model::{Phase, Reason, Status, VmState, guest::TaskResult};
use jiff::Timestamp;

use super::Next;
use crate::state::{digest::ResultHash, event::Happened, refused::Refused};

/// The longest output of a task that a result carries, in bytes.
const OUTPUT: usize = 16 * 1024;
/// The longest message of a result, in bytes.
const MESSAGE: usize = 4 * 1024;

impl Next {
    pub(super) fn redeem(&mut self) -> Result<(), Refused> {
        self.if_running("redeemed")?;
        let job = &mut self.job;
        let waits_for_it = match job.phase {
            Phase::Creating | Phase::Booting => true,
            Phase::Queued
            | Phase::Reserving
            | Phase::Ready
            | Phase::Running
            | Phase::Reporting
            | Phase::Ended
            | Phase::Deleting
            | Phase::Gone => false,
        };
        if !waits_for_it || job.vm.redeemed || job.vm.state != VmState::Live {
            return Err(self.out_of_order("redeemed"));
        }
        job.vm.redeemed = true;
        job.phase = Phase::Ready;
        self.line(Happened::Redeemed, None);
        Ok(())
    }

    pub(super) fn start(&mut self) -> Result<(), Refused> {
        self.if_redeemed("started")?;
        if self.job.phase == Phase::Ready {
            self.job.phase = Phase::Running;
            self.line(Happened::Started, None);
        }
        Ok(())
    }

    pub(super) fn reporting(&mut self) -> Result<(), Refused> {
        self.if_redeemed("reporting")?;
        if self.job.phase != Phase::Reporting {
            self.job.phase = Phase::Reporting;
            self.line(Happened::Reporting, None);
        }
        Ok(())
    }

    /// The same result may arrive twice, since an answer can be lost on its way to the VM.
    pub(super) fn report(&mut self, result: &TaskResult, now: Timestamp) -> Result<(), Refused> {
        let hash = ResultHash::of(&serde_json::to_vec(result).expect("a result has only text keys"));
        match self.job.result {
            Some(known) if known == hash => return Ok(()),
            Some(_) => return Err(Refused::OtherResult),
            None => self.if_redeemed("result")?,
        }
        check_result(result)?;
        self.job.result = Some(hash);
        self.job.exit_code = result.exit_code;
        self.result = Some(result.clone());
        self.end(result.reason, result.message.as_deref(), now);
        Ok(())
    }

    fn if_redeemed(&self, event: &'static str) -> Result<(), Refused> {
        self.if_running(event)?;
        if self.job.vm.redeemed { Ok(()) } else { Err(self.out_of_order(event)) }
    }
}

/// A VM may only tell what it can know. That it was an incident, or that the provider had no room, is not for it to say.
fn check_result(result: &TaskResult) -> Result<(), Refused> {
    let fits = match result.reason {
        Reason::Finished => result.status == Status::Done,
        Reason::Nonzero | Reason::Timeout | Reason::Ttl | Reason::Oom | Reason::Error => {
            result.status == Status::Failed
        }
        Reason::Canceled => result.status == Status::Canceled,
        Reason::Lost | Reason::Incident | Reason::Capacity | Reason::BootFailed => {
            return Err(Refused::MalformedResult("the reason is not for a vm to give"));
        }
    };
    if !fits {
        return Err(Refused::MalformedResult("status and reason contradict each other"));
    }
    if result.output.as_ref().is_some_and(|text| text.len() > OUTPUT) {
        return Err(Refused::MalformedResult("the output is longer than 16 KiB"));
    }
    if result.message.as_ref().is_some_and(|text| text.len() > MESSAGE) {
        return Err(Refused::MalformedResult("the message is longer than 4 KiB"));
    }
    Ok(())
}
