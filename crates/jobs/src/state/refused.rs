//! Why an event may not change a job.

use clawlets_model::{Phase, Reason, Status, VmState};
use jiff::Timestamp;
use thiserror::Error;

/// Why an event was refused. The job is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// Another worker holds the job, or nobody does: whoever sent this must stop working on it.
    #[error("the lease is lost: the job is at epoch {current}")]
    StaleLease {
        /// The job's epoch.
        current: u64,
    },
    /// It comes from a VM that is not the job's current one.
    #[error("the job is at attempt {current}")]
    StaleAttempt {
        /// The number of the current VM.
        current: u32,
    },
    /// It may not come from this side at all.
    #[error("{event} may not come from there")]
    WrongFence {
        /// The event.
        event: &'static str,
    },
    /// The result is decided already.
    #[error("the job ended already: {status} ({reason})")]
    Ended {
        /// How.
        status: Status,
        /// Why.
        reason: Reason,
    },
    /// It does not follow from where the job stands.
    #[error("{event} does not fit a job that is {status} in phase {phase} with its vm {vm}")]
    OutOfOrder {
        /// The event.
        event: &'static str,
        /// The job's status.
        status: Status,
        /// Its phase.
        phase: Phase,
        /// The state of its VM.
        vm: VmState,
    },
    /// The old VM may still exist.
    #[error("the vm of attempt {attempt} is not proved gone")]
    VmNotGone {
        /// The number of the VM.
        attempt: u32,
    },
    /// The VM spent its token, so the task may have had effects and is not run a second time.
    #[error("the vm redeemed its token, so the job is not tried again")]
    Redeemed,
    /// The job's VM is another one.
    #[error("the job's vm is server {known}")]
    OtherServer {
        /// Its id at the provider.
        known: u64,
    },
    /// Somebody asked to cancel the job: no VM is made for it any more.
    #[error("the job is being canceled")]
    Canceling,
    /// All tries are used up.
    #[error("all {0} attempts are used up")]
    NoAttemptsLeft(u32),
    /// Another result was reported before.
    #[error("another result was reported before")]
    OtherResult,
    /// The result contradicts itself or is too large.
    #[error("the result is malformed: {0}")]
    MalformedResult(&'static str),
    /// A budget does not suffice for it.
    #[error("{0}")]
    OverBudget(super::budget::Overdraft),
    /// The time lies in the past.
    #[error("{0} has passed already")]
    InThePast(Timestamp),
}
