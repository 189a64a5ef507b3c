//! A job: everything that decisions are made from. What it carries (payload, result, history) lies beside it.

use clawlets_model::{
    JobId, JobKind, ModelName, PersonaName, Phase, Reason, Requester, Status, VmState,
    socket::{JobView, WhenFull},
};
use jiff::Timestamp;

use super::{digest::ResultHash, lease::Lease};

/// One job as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// On whose behalf it runs.
    pub requester: Requester,
    /// What it does.
    pub kind: JobKind,
    /// What people recognise it by.
    pub about: About,
    /// Which of the jobs that are due goes first.
    pub priority: Priority,
    /// How many tries it gets.
    pub max_attempts: MaxAttempts,
    /// What to do when the caps leave no room for its VM.
    pub when_full: WhenFull,
    /// Where it stands, for everybody.
    pub status: Status,
    /// Where it stands, in detail.
    pub phase: Phase,
    /// Why it ended as it did; set together with a final status.
    pub reason: Option<Reason>,
    /// What went wrong, in a sentence; never a secret. Before the end: why the last try failed.
    pub message: Option<String>,
    /// The task's exit code.
    pub exit_code: Option<i32>,
    /// The fingerprint of the result that the VM reported, if it did.
    pub result: Option<ResultHash>,
    /// How many VMs were tried: the number of the current VM, from 1; 0 before the first.
    pub attempt: u32,
    /// How many tries failed in a way that may be tried again.
    pub failures: u32,
    /// How often the job was taken from a worker that fell silent.
    pub takeovers: u32,
    /// How often a worker took the job; the epoch of the current lease.
    pub lease_epoch: u64,
    /// Who works on it. None while it waits and once nothing is left to do.
    pub lease: Option<Lease>,
    /// The VM of the current attempt.
    pub vm: Vm,
    /// Whether somebody asked to cancel it.
    pub cancel_requested: bool,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// Not before this time.
    pub run_at: Timestamp,
    /// When a worker first took it.
    pub started_at: Option<Timestamp>,
    /// When its result was decided.
    pub ended_at: Option<Timestamp>,
    /// When its VM must be gone.
    pub expires_at: Option<Timestamp>,
}

/// What people recognise a job by.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// The persona that the VM plays.
    pub persona: Option<PersonaName>,
    /// The task's own name.
    pub task_id: Option<String>,
    /// The model that the VM thinks with.
    pub model: Option<ModelName>,
}

/// The VM of a job's current attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vm {
    /// Whether it exists.
    pub state: VmState,
    /// Its id at the provider; unknown between the request to create it and the answer.
    pub server_id: Option<u64>,
    /// Its name, decided before the provider is asked.
    pub server_name: Option<String>,
    /// Whether it spent its one-time token. From then on the task may have had effects.
    pub redeemed: bool,
}

impl Vm {
    /// No VM was asked for yet.
    pub(crate) const NONE: Self =
        Self { state: VmState::None, server_id: None, server_name: None, redeemed: false };

    /// Whether it exists or may exist, so that the provider may bill it.
    #[must_use]
    pub const fn may_exist(&self) -> bool {
        match self.state {
            VmState::None | VmState::Gone => false,
            VmState::Live | VmState::Deleting => true,
        }
    }
}

impl Job {
    /// Whether it takes one of the places that the caps allow: room was reserved for its VM, which is not proved gone.
    #[must_use]
    pub fn holds_slot(&self) -> bool {
        self.vm.may_exist() || (self.status == Status::Running && self.phase == Phase::Creating)
    }

    /// Whether it waits in line for room.
    #[must_use]
    pub fn waits_for_room(&self) -> bool {
        self.status == Status::Queued && self.phase == Phase::Reserving
    }

    /// Whether a worker has to look after it: it runs, or it ended and its VM is not proved gone.
    #[must_use]
    pub fn is_in_hand(&self) -> bool {
        self.status == Status::Running || self.vm.may_exist()
    }

    /// The job as it is shown. `position` is its place in line, from [`crate::Store::positions`].
    #[must_use]
    pub fn to_view(&self, position: Option<u64>) -> JobView {
        JobView {
            job_id: self.id,
            requester: self.requester.clone(),
            kind: self.kind,
            status: self.status,
            phase: self.phase,
            reason: self.reason,
            message: self.message.clone(),
            exit_code: self.exit_code,
            persona: self.about.persona.clone(),
            task_id: self.about.task_id.clone(),
            model: self.about.model.clone(),
            attempt: self.attempt,
            lease_epoch: self.lease_epoch,
            vm: self.vm.state,
            server_id: self.vm.server_id,
            server_name: self.vm.server_name.clone(),
            position,
            cancel_requested: self.cancel_requested,
            created_at: self.created_at,
            run_at: self.run_at,
            started_at: self.started_at,
            ended_at: self.ended_at,
            expires_at: self.expires_at,
        }
    }
}

/// A number outside of its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} {value} is out of range: expected {least} to {most}")]
pub struct OutOfRange {
    /// What the number is.
    pub what: &'static str,
    /// The number as it came.
    pub value: i64,
    /// The least that is allowed.
    pub least: i64,
    /// The most that is allowed.
    pub most: i64,
}

/// Which of the jobs that are due goes first: higher before lower, -100 to 100, 0 by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority(i32);

impl Priority {
    /// Checks a priority.
    ///
    /// # Errors
    /// [`OutOfRange`] below -100 or above 100.
    pub fn new(value: i32) -> Result<Self, OutOfRange> {
        if (-100..=100).contains(&value) {
            Ok(Self(value))
        } else {
            Err(OutOfRange { what: "priority", value: value.into(), least: -100, most: 100 })
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }
}

/// How many tries a job gets, 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxAttempts(u32);

impl MaxAttempts {
    /// Checks a number of tries.
    ///
    /// # Errors
    /// [`OutOfRange`] for 0 and above 10.
    pub fn new(value: u32) -> Result<Self, OutOfRange> {
        if (1..=10).contains(&value) {
            Ok(Self(value))
        } else {
            Err(OutOfRange { what: "number of attempts", value: value.into(), least: 1, most: 10 })
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for MaxAttempts {
    /// Three tries.
    fn default() -> Self {
        Self(3)
    }
}
