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

#[cfg(test)]
mod tests {
    use super::*;
    use clawlets_jobs::{Event, Fence, TokenHash, WorkerId, state};
    use clawlets_model::{JobId, Requester, guest::TaskResult, socket::WhenFull};
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn job() -> Job {
        Job {
            id: JobId::from_parts(1, 1),
            requester: Requester::operator(),
            kind: JobKind::CattleSpawn,
            about: state::About::default(),
            priority: state::Priority::default(),
            max_attempts: state::MaxAttempts::default(),
            when_full: WhenFull::Refuse,
            status: Status::Running,
            phase: Phase::Reserving,
            reason: None,
            message: None,
            exit_code: None,
            result: None,
            attempt: 0,
            failures: 0,
            takeovers: 0,
            lease_epoch: 1,
            lease: Some(state::Lease { worker: WorkerId::parse("w").unwrap(), expires_at: at(1_000) }),
            vm: state::Vm { state: VmState::None, server_id: None, server_name: None, redeemed: false },
            cancel_requested: false,
            created_at: at(0),
            run_at: at(0),
            started_at: Some(at(0)),
            ended_at: None,
            expires_at: None,
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "the table of cases reads better")]
    fn apply(job: &Job, fence: Fence, event: Event) -> Job {
        state::step(job, fence, &event, at(10)).unwrap().job
    }

    fn intended() -> Event {
        Event::CreateIntended {
            attempt: 1,
            server_name: "cattle-rex-0-1".to_owned(),
            expires_at: at(600),
            token: TokenHash::of(b"t"),
            token_expires_at: at(300),
        }
    }

    /// A job right after its VM was asked for.
    fn asked_for() -> Job {
        apply(&Job { phase: Phase::Creating, ..job() }, Fence::Lease(1), intended())
    }

    fn booting() -> Job {
        apply(&asked_for(), Fence::Lease(1), Event::Created { server_id: 7 })
    }

    fn ready() -> Job {
        let mut ready = booting();
        ready.vm.redeemed = true;
        ready.phase = Phase::Ready;
        ready
    }

    fn result() -> Event {
        Event::Reported(TaskResult {
            status: Status::Done,
            reason: Reason::Finished,
            exit_code: Some(0),
            signal: None,
            message: None,
            output: None,
            duration_ms: 1,
        })
    }

    #[test]
    fn each_place_in_a_jobs_life_has_its_step() {
        let lease = Fence::Lease(1);
        let canceled = |job: &Job| apply(job, Fence::Open, Event::CancelRequested);
        let reported = apply(&ready(), Fence::Guest(1), result());
        let gone = |job: &Job| apply(job, lease, Event::VmGone { attempt: 1 });
        let cases = [
            ("no place yet", job(), Step::Reserve),
            ("a place", Job { phase: Phase::Creating, ..job() }, Step::Create),
            ("asked for a VM", asked_for(), Step::Find),
            ("asked for a VM that never was", gone(&asked_for()), Step::FailAttempt),
            ("the VM boots", booting(), Step::AwaitBoot),
            ("the VM boots and is not wanted any more", canceled(&booting()), Step::End(Reason::Canceled)),
            ("the VM is given up", apply(&booting(), lease, Event::DeleteRequested), Step::Delete),
            ("the VM was given up", gone(&booting()), Step::FailAttempt),
            ("the task runs", ready(), Step::Watch),
            ("the task is canceled", canceled(&ready()), Step::AwaitStop),
            ("the VM is gone while the task runs", gone(&ready()), Step::End(Reason::Lost)),
            ("the result is there", reported.clone(), Step::Delete),
            ("the result is there and the VM gone", gone(&reported), Step::Leave),
            ("canceled while the VM is asked for", canceled(&asked_for()), Step::Find),
            ("in the queue", Job { status: Status::Queued, phase: Phase::Queued, ..job() }, Step::Leave),
            ("a reaping", Job { kind: JobKind::CattleReap, phase: Phase::Running, ..job() }, Step::Reap),
        ];
        for (name, job, expected) in cases {
            assert_eq!(next_step(&job, AfterWork::Delete, at(20)), expected, "{name}");
        }
    }

    #[test]
    fn a_vm_whose_time_is_over_ends_its_job_in_every_phase() {
        for job in [booting(), ready()] {
            assert_eq!(next_step(&job, AfterWork::Keep, at(600)), Step::End(Reason::Ttl));
        }
    }

    #[test]
    fn a_vm_is_kept_only_for_a_result_and_only_until_its_time_is_over() {
        let reported = apply(&ready(), Fence::Guest(1), result());
        assert_eq!(next_step(&reported, AfterWork::Keep, at(20)), Step::KeepUntil(at(600)));
        assert_eq!(next_step(&reported, AfterWork::Keep, at(600)), Step::Delete);
        let incident = Event::Ended { reason: Reason::Incident, message: None };
        let broken = apply(&ready(), Fence::Open, incident);
        assert_eq!(next_step(&broken, AfterWork::Keep, at(20)), Step::Delete);
    }

    proptest! {
        /// Whatever happens to a job, the step that is chosen is one that the job's rules accept, or one that waits.
        #[test]
        fn the_chosen_step_is_always_one_that_is_allowed(events in proptest::collection::vec(0_u8..10, 0..25)) {
            let mut job = Job { phase: Phase::Creating, ..job() };
            for event in events {
                let (fence, event) = match event {
                    0 => (Fence::Lease(1), intended()),
                    1 => (Fence::Lease(1), Event::Created { server_id: 7 }),
                    2 => (Fence::Guest(1), Event::Started),
                    3 => (Fence::Guest(1), result()),
                    4 => (Fence::Open, Event::CancelRequested),
                    5 => (Fence::Open, Event::Ended { reason: Reason::Ttl, message: None }),
                    6 => (Fence::Open, Event::DeleteRequested),
                    7 => (Fence::Lease(1), Event::VmGone { attempt: 1 }),
                    8 => (Fence::Open, Event::Extended { expires_at: at(900) }),
                    _ => {
                        if job.vm.state == VmState::Live && !job.status.is_final() && job.vm.server_id.is_some() {
                            job.vm.redeemed = true;
                            job.phase = Phase::Ready;
                        }
                        continue;
                    }
                };
                if let Ok(next) = state::step(&job, fence, &event, at(10)) {
                    job = next.job;
                }
                let lease = Fence::Lease(1);
                let follows = match next_step(&job, AfterWork::Delete, at(20)) {
                    Step::Create => vec![intended()],
                    Step::Find => vec![Event::Created { server_id: 7 }, Event::VmGone { attempt: job.attempt }],
                    Step::End(reason) => vec![Event::Ended { reason, message: None }],
                    Step::Delete => vec![Event::DeleteRequested, Event::VmGone { attempt: job.attempt }],
                    Step::FailAttempt => {
                        vec![Event::AttemptFailed { reason: Reason::Error, message: String::new() }]
                    }
                    Step::Leave => {
                        prop_assert!(!job.is_in_hand() || job.lease.is_none(), "left while in hand: {job:?}");
                        vec![]
                    }
                    Step::Reap
                    | Step::Reserve
                    | Step::AwaitBoot
                    | Step::Watch
                    | Step::AwaitStop
                    | Step::KeepUntil(_) => vec![],
                };
                for event in follows {
                    let outcome = state::step(&job, lease, &event, at(20));
                    prop_assert!(outcome.is_ok(), "{event:?} is refused for {job:?}: {outcome:?}");
                }
            }
        }
    }
}
