use clawlets_model::{
    JobId, JobKind, Phase, Reason, Requester, Status, VmState, guest::TaskResult, socket::WhenFull,
};
use jiff::Timestamp;
use proptest::prelude::*;

use super::{CredentialChange, step};
use crate::state::{
    About, Cap, Event, Fence, Full, Happened, Job, MOST_TAKEOVERS, MaxAttempts, Note, Priority, Refused,
    TokenHash, Vm, WorkerId,
};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn queued(kind: JobKind, when_full: WhenFull) -> Job {
    Job {
        id: JobId::from_parts(1, 1),
        requester: Requester::operator(),
        kind,
        about: About::default(),
        priority: Priority::default(),
        max_attempts: MaxAttempts::new(2).unwrap(),
        when_full,
        status: Status::Queued,
        phase: Phase::Queued,
        reason: None,
        message: None,
        exit_code: None,
        result: None,
        attempt: 0,
        failures: 0,
        takeovers: 0,
        lease_epoch: 0,
        lease: None,
        vm: Vm::NONE,
        cancel_requested: false,
        created_at: at(0),
        run_at: at(0),
        started_at: None,
        ended_at: None,
        expires_at: None,
    }
}

fn result(status: Status, reason: Reason) -> TaskResult {
    TaskResult {
        status,
        reason,
        exit_code: Some(3),
        signal: None,
        message: None,
        output: None,
        duration_ms: 1,
    }
}

fn claimed(now: i64) -> Event {
    Event::Claimed { worker: WorkerId::parse("w").unwrap(), until: at(now + 15) }
}

fn intended(attempt: u32, now: i64) -> Event {
    Event::CreateIntended {
        attempt,
        server_name: format!("vm-{attempt}"),
        expires_at: at(now + 600),
        token: TokenHash::of(b"t"),
        token_expires_at: at(now + 300),
    }
}

fn full() -> Full {
    Full::Places { cap: Cap::Instances, live: 1, limit: 1 }
}

/// The job after each of these, all of which must fit.
fn after(job: &Job, events: &[(Fence, Event)]) -> Job {
    events.iter().fold(job.clone(), |job, (fence, event)| {
        step(&job, *fence, event, at(1)).unwrap_or_else(|refused| panic!("{event:?}: {refused}")).job
    })
}

/// A job whose task runs in its first VM.
fn running() -> Job {
    let (worker, guest) = (Fence::Lease(1), Fence::Guest(1));
    let course = [
        (Fence::Open, claimed(1)),
        (worker, Event::Reserved),
        (worker, intended(1, 1)),
        (worker, Event::Created { server_id: 7 }),
        (guest, Event::Redeemed),
        (guest, Event::Started),
    ];
    after(&queued(JobKind::CattleSpawn, WhenFull::Refuse), &course)
}

/// One event of every kind, for a job at its first attempt.
fn every_event() -> Vec<Event> {
    vec![
        claimed(1),
        Event::Renewed { until: at(30) },
        Event::Released,
        Event::Reserved,
        Event::NoRoom(full()),
        intended(1, 1),
        Event::Created { server_id: 7 },
        Event::PoweredOn { token_expires_at: at(400) },
        Event::Redeemed,
        Event::Started,
        Event::Reporting,
        Event::Reported(result(Status::Done, Reason::Finished)),
        Event::CancelRequested,
        Event::Extended { expires_at: at(900) },
        Event::AttemptFailed { reason: Reason::Error, message: "x".to_owned() },
        Event::Ended { reason: Reason::Lost, message: None },
        Event::DeleteRequested,
        Event::VmGone { attempt: 1 },
        Event::Noted { note: Note::Incident, detail: "x".to_owned() },
    ]
}

#[test]
fn each_event_may_come_from_its_sides_only() {
    let job = running();
    let sides = |event: &Event| {
        let open = [Fence::Lease(1), Fence::Guest(1), Fence::Open]
            .map(|fence| !matches!(step(&job, fence, event, at(2)), Err(Refused::WrongFence { .. })));
        ["worker", "guest", "open"]
            .into_iter()
            .zip(open)
            .filter_map(|(side, open)| open.then_some(side))
            .collect()
    };
    let found: Vec<(&str, Vec<&str>)> =
        every_event().iter().map(|event| (event.name(), sides(event))).collect();
    let expected = [
        ("claim", vec!["open"]),
        ("renewal", vec!["worker"]),
        ("release", vec!["worker"]),
        ("reservation", vec!["worker"]),
        ("reservation", vec!["worker"]),
        ("create", vec!["worker"]),
        ("created", vec!["worker"]),
        ("powered-on", vec!["worker"]),
        ("redeemed", vec!["guest"]),
        ("started", vec!["guest"]),
        ("reporting", vec!["guest"]),
        ("result", vec!["guest"]),
        ("cancel", vec!["worker", "open"]),
        ("extend", vec!["worker", "open"]),
        ("attempt-failed", vec!["worker"]),
        ("ended", vec!["worker", "open"]),
        ("delete", vec!["worker", "open"]),
        ("gone", vec!["worker", "open"]),
        ("note", vec!["worker", "guest", "open"]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_worker_or_vm_that_was_given_up_is_not_heard() {
    let job = after(&running(), &[(Fence::Lease(1), Event::Released), (Fence::Open, claimed(1))]);
    for event in every_event() {
        let worker = step(&job, Fence::Lease(1), &event, at(2));
        let expected = [Refused::StaleLease { current: 2 }, Refused::WrongFence { event: event.name() }];
        assert!(expected.contains(&worker.unwrap_err()), "{event:?}");
        let guest = step(&job, Fence::Guest(2), &event, at(2));
        let expected = [Refused::StaleAttempt { current: 1 }, Refused::WrongFence { event: event.name() }];
        assert!(expected.contains(&guest.unwrap_err()), "{event:?}");
    }
}

#[test]
fn a_vm_tells_only_what_it_can_know() {
    let report = |result| step(&running(), Fence::Guest(1), &Event::Reported(result), at(2));
    for status in Status::ALL {
        for reason in Reason::ALL {
            let fits = match reason {
                Reason::Finished => *status == Status::Done,
                Reason::Canceled => *status == Status::Canceled,
                Reason::Nonzero | Reason::Timeout | Reason::Ttl | Reason::Oom | Reason::Error => {
                    *status == Status::Failed
                }
                Reason::Lost | Reason::Incident | Reason::Capacity | Reason::BootFailed => false,
            };
            match report(result(*status, *reason)) {
                Ok(next) => {
                    assert!(fits, "{status} {reason}");
                    let job = next.job;
                    assert_eq!((job.status, job.reason, job.exit_code), (*status, Some(*reason), Some(3)));
                }
                Err(refused) => assert!(!fits && matches!(refused, Refused::MalformedResult(_)), "{refused}"),
            }
        }
    }
    let long = |length| Some("x".repeat(length));
    let fine = || result(Status::Done, Reason::Finished);
    assert!(report(TaskResult { output: long(16 * 1024), message: long(4 * 1024), ..fine() }).is_ok());
    assert!(report(TaskResult { output: long(16 * 1024 + 1), ..fine() }).is_err());
    assert!(report(TaskResult { message: long(4 * 1024 + 1), ..fine() }).is_err());
}

#[test]
fn a_vm_that_is_faster_than_its_worker_keeps_its_phase() {
    let worker = Fence::Lease(1);
    let course = [
        (Fence::Open, claimed(1)),
        (worker, Event::Reserved),
        (worker, intended(1, 1)),
        (Fence::Guest(1), Event::Redeemed),
    ];
    let job = after(&queued(JobKind::CattleSpawn, WhenFull::Refuse), &course);
    let next = step(&job, worker, &Event::Created { server_id: 7 }, at(2)).unwrap();
    assert_eq!((next.job.phase, next.job.vm.server_id), (Phase::Ready, Some(7)));
    let next = step(&next.job, worker, &Event::PoweredOn { token_expires_at: at(99) }, at(2)).unwrap();
    assert_eq!(next.credentials, None, "a token that was spent is not prolonged");
    let other = step(&next.job, worker, &Event::Created { server_id: 8 }, at(2));
    assert_eq!(other.unwrap_err(), Refused::OtherServer { known: 7 });
}

#[test]
fn what_arrives_twice_changes_nothing_the_second_time() {
    let job = running();
    for (fence, event) in
        [(Fence::Guest(1), Event::Started), (Fence::Lease(1), Event::Created { server_id: 7 })]
    {
        let next = step(&job, fence, &event, at(2)).unwrap();
        assert_eq!((&next.job, next.history.len()), (&job, 0), "{event:?}");
    }
}

#[test]
fn only_a_known_vm_is_proved_gone_without_a_lease() {
    let worker = Fence::Lease(1);
    let course = [(Fence::Open, claimed(1)), (worker, Event::Reserved), (worker, intended(1, 1))];
    let job = after(&queued(JobKind::CattleSpawn, WhenFull::Refuse), &course);
    let gone = Event::VmGone { attempt: 1 };
    assert_eq!(step(&job, Fence::Open, &gone, at(2)).unwrap_err(), Refused::VmNotGone { attempt: 1 });
    let known = after(&job, &[(worker, Event::Created { server_id: 7 })]);
    assert_eq!(step(&known, Fence::Open, &gone, at(2)).unwrap().job.vm.state, VmState::Gone);
}

#[test]
fn an_intent_carries_the_token_and_is_recorded_before_the_call() {
    let worker = Fence::Lease(1);
    let job = after(
        &queued(JobKind::CattleSpawn, WhenFull::Refuse),
        &[(Fence::Open, claimed(1)), (worker, Event::Reserved)],
    );
    let next = step(&job, worker, &intended(1, 1), at(1)).unwrap();
    let token = TokenHash::of(b"t");
    assert_eq!(next.credentials, Some(CredentialChange::Issue { attempt: 1, token, expires_at: at(301) }));
    assert_eq!((next.job.vm.state, next.job.vm.server_id, next.job.attempt), (VmState::Live, None, 1));
    assert_eq!(step(&job, worker, &intended(2, 1), at(1)).unwrap_err(), Refused::StaleAttempt { current: 0 });
    let late = step(&job, worker, &intended(1, 1), at(700)).unwrap_err();
    assert_eq!(late, Refused::InThePast(at(601)));
}

/// Any event, from any side, with numbers near the right ones.
fn any_move() -> impl Strategy<Value = (usize, u64, u32, u32, i64)> {
    (0..every_event().len() + 3, 0..3_u64, 0..2_u32, 0..3_u32, -20..40_i64)
}

/// Turns numbers into an event for the job as it stands: mostly one that could be meant.
fn event_for(job: &Job, choice: usize, now: i64, attempt: u32) -> Event {
    let mut events = every_event();
    events.push(Event::Ended { reason: Reason::Finished, message: None });
    events.push(Event::Reported(result(Status::Failed, Reason::Nonzero)));
    events.push(Event::VmGone { attempt });
    let event = events.swap_remove(choice);
    if matches!(event, Event::Claimed { .. }) {
        claimed(now)
    } else if matches!(event, Event::CreateIntended { .. }) {
        intended(job.attempt + attempt, now)
    } else if matches!(event, Event::VmGone { .. }) {
        Event::VmGone { attempt: job.attempt + attempt.saturating_sub(1) }
    } else {
        event
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_is_said_to_it_a_job_keeps_its_rules(
        reap in any::<bool>(),
        queue in any::<bool>(),
        begun in any::<bool>(),
        moves in proptest::collection::vec(any_move(), 1..120),
    ) {
        let kind = if reap { JobKind::CattleReap } else { JobKind::CattleSpawn };
        let new = queued(kind, if queue { WhenFull::Queue } else { WhenFull::Refuse });
        let mut job = if begun { running() } else { new };
        let (mut now, mut ends) = (0, 0);
        for (choice, epochs_ago, attempts_ago, attempt, seconds) in moves {
            now += seconds;
            let event = event_for(&job, choice, now, attempt);
            let fences = [
                Fence::Lease(job.lease_epoch.saturating_sub(epochs_ago / 2)),
                Fence::Guest(job.attempt.saturating_sub(attempts_ago)),
                Fence::Open,
            ];
            for fence in fences {
                let first = step(&job, fence, &event, at(now));
                prop_assert_eq!(&first, &step(&job, fence, &event, at(now)), "the same input, the same output");
                let Ok(next) = first else { continue };
                check(&job, &next.job, &event);
                ends += next.history.iter().filter(|line| line.what == Happened::Ended).count();
                job = next.job;
                break;
            }
        }
        prop_assert_eq!(ends, usize::from(job.status.is_final()), "a job ends once");
    }
}

fn check(before: &Job, after: &Job, event: &Event) {
    if before.status.is_final() {
        let outcome = |job: &Job| (job.status, job.reason, job.ended_at, job.result, job.attempt);
        assert_eq!(outcome(before), outcome(after), "{event:?}");
    }
    assert!(after.lease_epoch == before.lease_epoch || matches!(event, Event::Claimed { .. }));
    assert!((before.lease_epoch..=before.lease_epoch + 1).contains(&after.lease_epoch));
    if after.attempt != before.attempt {
        assert_eq!(after.attempt, before.attempt + 1);
        assert!(!before.vm.may_exist() && !before.vm.redeemed && !before.cancel_requested, "{before:?}");
    }
    assert!(after.attempt <= after.max_attempts.get() && after.failures <= after.max_attempts.get());
    assert!(after.takeovers <= MOST_TAKEOVERS + 1);
    if before.vm.redeemed {
        assert!(after.vm.redeemed && after.status != Status::Queued, "{event:?}");
    }
    if before.vm.may_exist() && !after.vm.may_exist() {
        assert!(matches!(event, Event::VmGone { .. }), "{event:?}");
    }
    assert_eq!(after.status.is_final(), after.reason.is_some() && after.ended_at.is_some());
    assert_eq!(after.phase == Phase::Gone, after.status.is_final() && !after.vm.may_exist());
    assert!(after.lease.is_none() || after.is_in_hand());
    assert!(after.status != Status::Queued || !after.vm.may_exist());
}
