//! The transitions of a job, one file for each thing that they are about: the lease, the VM, the task in it, the end.

mod end;
mod fence;
mod lease;
mod task;
#[cfg(test)]
mod tests;
mod vm;

use clawlets_model::{Phase, Status, guest::TaskResult};
use jiff::Timestamp;

use super::{
    digest::TokenHash,
    event::{Event, Happened, HistoryLine},
    job::Job,
    lease::Fence,
    refused::Refused,
};

/// What an event makes of a job.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The job afterwards.
    pub job: Job,
    /// What its history says about it. Empty when nothing worth remembering changed.
    pub history: Vec<HistoryLine>,
    /// What becomes of its credentials.
    pub credentials: Option<CredentialChange>,
    /// The result to keep.
    pub result: Option<TaskResult>,
}

/// What an event does to a job's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialChange {
    /// A new VM gets a one-time token.
    Issue {
        /// The number of the VM.
        attempt: u32,
        /// The token's fingerprint.
        token: TokenHash,
        /// Until when it may be redeemed.
        expires_at: Timestamp,
    },
    /// The unspent token of the current VM may be redeemed until another time.
    Prolong {
        /// The number of the VM.
        attempt: u32,
        /// Until when it may be redeemed.
        expires_at: Timestamp,
    },
}

/// What `event` makes of `job`, provided that `fence` lets it through. The same input gives the same output.
///
/// What always holds afterwards: a final status stays as it is; at most one VM of the job may exist; the attempt rises
/// only when the VM before it is proved gone, and never once that VM spent its token; the epoch never falls.
///
/// # Errors
/// [`Refused`] when the event does not fit; the job is then as it was.
pub fn step(job: &Job, fence: Fence, event: &Event, now: Timestamp) -> Result<Transition, Refused> {
    fence::check(job, fence, event)?;
    let mut next = Next::of(job);
    match event {
        Event::Claimed { worker, until } => next.claim(worker, *until, now)?,
        Event::Renewed { until } => next.renew(*until)?,
        Event::Released => next.release()?,
        Event::Reserved => next.reserve()?,
        Event::NoRoom(full) => next.no_room(full, now)?,
        Event::CreateIntended { attempt, server_name, expires_at, token, token_expires_at } => {
            next.intend(*attempt, server_name, *expires_at, now)?;
            let change =
                CredentialChange::Issue { attempt: *attempt, token: *token, expires_at: *token_expires_at };
            next.credentials = Some(change);
        }
        Event::Created { server_id } => next.created(*server_id)?,
        Event::PoweredOn { token_expires_at } => next.powered_on(*token_expires_at)?,
        Event::Redeemed => next.redeem()?,
        Event::Started => next.start()?,
        Event::Reporting => next.reporting()?,
        Event::Reported(result) => next.report(result, now)?,
        Event::CancelRequested => next.cancel(now)?,
        Event::Extended { expires_at } => next.extend(*expires_at, now)?,
        Event::AttemptFailed { reason, message } => next.fail_attempt(*reason, message, now)?,
        Event::Ended { reason, message } => next.decide(*reason, message.as_deref(), now)?,
        Event::DeleteRequested => next.request_deletion()?,
        Event::VmGone { attempt } => next.vm_gone(*attempt, fence)?,
        Event::Noted { note, detail } => next.line(note.happened(), Some(detail.clone())),
    }
    Ok(next.finish())
}

/// A transition in the making.
struct Next {
    job: Job,
    history: Vec<HistoryLine>,
    credentials: Option<CredentialChange>,
    result: Option<TaskResult>,
}

impl Next {
    fn of(job: &Job) -> Self {
        Self { job: job.clone(), history: Vec::new(), credentials: None, result: None }
    }

    fn line(&mut self, what: Happened, detail: Option<String>) {
        self.history.push(HistoryLine { what, detail });
    }

    /// The refusal of an event that does not fit where the job stands.
    fn out_of_order(&self, event: &'static str) -> Refused {
        let job = &self.job;
        Refused::OutOfOrder { event, status: job.status, phase: job.phase, vm: job.vm.state }
    }

    /// Refuses what may only happen before the result is decided.
    fn unless_ended(&self) -> Result<(), Refused> {
        match (self.job.status.is_final(), self.job.reason) {
            (true, Some(reason)) => Err(Refused::Ended { status: self.job.status, reason }),
            (true, None) | (false, _) => Ok(()),
        }
    }

    /// Refuses what only fits a running job.
    fn if_running(&self, event: &'static str) -> Result<(), Refused> {
        self.unless_ended()?;
        if self.job.status == Status::Running { Ok(()) } else { Err(self.out_of_order(event)) }
    }

    /// The transition. A job that ended and whose VM is gone is finished with: nobody holds it any more.
    fn finish(mut self) -> Transition {
        if self.job.status.is_final() && !self.job.vm.may_exist() {
            self.job.phase = Phase::Gone;
            self.job.lease = None;
        }
        Transition {
            job: self.job,
            history: self.history,
            credentials: self.credentials,
            result: self.result,
        }
    }
}
