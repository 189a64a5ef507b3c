//! What is to be done next for a job. Pure.

use clawlets_jobs::Job;
use clawlets_model::{JobKind, Phase, Reason, Status, VmState};
use jiff::Timestamp;

/// What a driver does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing: the job is over, or waits in the queue.
    Leave,
    /// Look at the provider once.
    Reap,
    /// Take a place under the caps.
    Reserve,
    /// Ask the provider for a VM.
    Create,
    /// Find out whether a VM that was asked for exists.
    Find,
    /// Wait until the VM redeems its token.
    AwaitBoot,
    /// Wait while the task runs.
    Watch,
    /// Give the guest a moment to stop by itself.
    AwaitStop,
    /// Decide the result without the guest's word.
    End(Reason),
    /// Keep the VM for people to look at, until this time.
    KeepUntil(Timestamp),
    /// Delete the VM, until it is proved gone.
    Delete,
    /// Let the job be tried again, or end it when its tries are used up.
    FailAttempt,
}

/// Whether a VM whose work is reported goes away at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AfterWork {
    /// It is deleted.
    Delete,
    /// It stays until its TTL, for people to look at.
    Keep,
}

/// What is to be done next for a job that this worker holds.
#[must_use]
pub(crate) fn next_step(job: &Job, after_work: AfterWork, now: Timestamp) -> Step {
    if job.status.is_final() {
        return after_the_end(job, after_work, now);
    }
    match (job.status, job.kind) {
        (Status::Queued, JobKind::CattleSpawn | JobKind::CattleReap) => Step::Leave,
        (_, JobKind::CattleReap) => Step::Reap,
        (_, JobKind::CattleSpawn) => match job.vm.state {
            VmState::None | VmState::Gone => without_a_vm(job),
            VmState::Deleting => delete(job),
            VmState::Live => with_a_vm(job, now),
        },
    }
}

fn after_the_end(job: &Job, after_work: AfterWork, now: Timestamp) -> Step {
    match job.vm.state {
        VmState::None | VmState::Gone => Step::Leave,
        VmState::Deleting => delete(job),
        VmState::Live => {
            let reported = job.result.is_some();
            match (after_work, job.expires_at) {
                (AfterWork::Keep, Some(at)) if reported && at > now => Step::KeepUntil(at),
                (AfterWork::Keep | AfterWork::Delete, _) => delete(job),
            }
        }
    }
}

fn without_a_vm(job: &Job) -> Step {
    match job.phase {
        Phase::Reserving => Step::Reserve,
        Phase::Creating if job.vm.state == VmState::None => Step::Create,
        // The VM is gone, and with it the task that had begun.
        _ if job.vm.redeemed => Step::End(Reason::Lost),
        Phase::Creating
        | Phase::Queued
        | Phase::Booting
        | Phase::Ready
        | Phase::Running
        | Phase::Reporting
        | Phase::Ended
        | Phase::Deleting
        | Phase::Gone => Step::FailAttempt,
    }
}

fn with_a_vm(job: &Job, now: Timestamp) -> Step {
    if job.vm.server_id.is_none() {
        return Step::Find;
    }
    match (job.cancel_requested, job.vm.redeemed) {
        (true, true) => Step::AwaitStop,
        (true, false) => Step::End(Reason::Canceled),
        (false, _) if job.expires_at.is_some_and(|at| at <= now) => Step::End(Reason::Ttl),
        (false, true) => Step::Watch,
        (false, false) => Step::AwaitBoot,
    }
}

/// A VM can only be deleted by its id.
const fn delete(job: &Job) -> Step {
    match job.vm.server_id {
        Some(_) => Step::Delete,
        None => Step::Find,
    }
}
