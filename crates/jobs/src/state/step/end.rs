//! How a job ends, or is tried again.

use clawlets_model::{JobKind, Phase, Reason, Status, VmState};
use jiff::Timestamp;

use super::Next;
use crate::state::{event::Happened, refused::Refused, retry::RetryPolicy};

impl Next {
    /// Without a VM a job ends at once, whoever holds it; else its VM is told, and its worker ends it.
    pub(super) fn cancel(&mut self, now: Timestamp) -> Result<(), Refused> {
        self.unless_ended()?;
        if self.job.cancel_requested {
            return Ok(());
        }
        self.job.cancel_requested = true;
        self.line(Happened::CancelRequested, None);
        let works_here = self.job.kind == JobKind::CattleReap && self.job.status == Status::Running;
        if !self.job.vm.may_exist() && !works_here {
            self.end(Reason::Canceled, None, now);
        }
        Ok(())
    }

    pub(super) fn fail_attempt(
        &mut self,
        reason: Reason,
        message: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.if_running("attempt-failed")?;
        let job = &mut self.job;
        if job.vm.redeemed {
            return Err(Refused::Redeemed);
        }
        match job.vm.state {
            VmState::None | VmState::Gone => {}
            VmState::Live | VmState::Deleting => return Err(Refused::VmNotGone { attempt: job.attempt }),
        }
        job.failures = job.failures.saturating_add(1);
        let tries = job.failures.max(job.attempt);
        if job.cancel_requested || tries >= job.max_attempts.get() {
            self.end(reason, Some(message), now);
            return Ok(());
        }
        let pause = RetryPolicy::of(job.kind).pause(job.failures);
        job.status = Status::Queued;
        job.phase = Phase::Queued;
        job.lease = None;
        job.message = Some(message.to_owned());
        job.expires_at = None;
        job.run_at = now.saturating_add(pause).unwrap_or(Timestamp::MAX);
        self.line(Happened::Retry, Some(format!("in {} s: {reason}: {message}", pause.as_secs())));
        Ok(())
    }

    pub(super) fn decide(
        &mut self,
        reason: Reason,
        message: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.unless_ended()?;
        let needs_a_result = reason == Reason::Finished && self.job.kind == JobKind::CattleSpawn;
        if needs_a_result {
            return Err(self.out_of_order("finished"));
        }
        self.end(reason, message, now);
        Ok(())
    }

    /// Decides the result, once. A job whose end was asked for ends as canceled, unless a security rule was broken.
    pub(super) fn end(&mut self, reason: Reason, message: Option<&str>, now: Timestamp) {
        let job = &mut self.job;
        let reason =
            if job.cancel_requested && reason != Reason::Incident { Reason::Canceled } else { reason };
        job.status = match reason {
            Reason::Finished => Status::Done,
            Reason::Canceled => Status::Canceled,
            Reason::Nonzero
            | Reason::Timeout
            | Reason::Ttl
            | Reason::Oom
            | Reason::Lost
            | Reason::Incident
            | Reason::Capacity
            | Reason::BootFailed
            | Reason::Error => Status::Failed,
        };
        job.phase = match job.vm.state {
            VmState::Live => Phase::Ended,
            VmState::Deleting => Phase::Deleting,
            VmState::None | VmState::Gone => Phase::Gone,
        };
        job.reason = Some(reason);
        job.message = message.map(str::to_owned);
        job.ended_at = Some(now);
        if reason == Reason::Incident {
            self.line(Happened::Incident, message.map(str::to_owned));
        }
        let detail = match message {
            Some(message) => format!("{reason}: {message}"),
            None => reason.to_string(),
        };
        self.line(Happened::Ended, Some(detail));
    }
}
