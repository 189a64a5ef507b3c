use clawlets_jobs::{ApplyError, Event, Fence, HEARTBEAT_EVERY, LEASE, NewJob, Priority, Refused};
use clawlets_model::{JobKind, Phase, Reason, Status, socket::WhenFull};

use crate::fixture::{Bed, at, id, intent, room, spawn, spawn_of, worker};

#[tokio::test]
async fn a_dead_workers_job_is_taken_over_within_thirty_seconds() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    let last = i64::try_from(HEARTBEAT_EVERY.as_secs()).unwrap();
    bed.store.heartbeat(job.id, job.lease_epoch, LEASE, at(last)).await.unwrap();
    assert!(bed.claim("other", last + 14).await.is_none());

    let taken = bed.claim("other", last + 15).await.unwrap();
    assert_eq!(taken.id, job.id);
    assert_eq!((taken.lease_epoch, taken.attempt), (job.lease_epoch + 1, job.attempt));
    assert_eq!(
        (taken.status, taken.phase, taken.vm.clone()),
        (Status::Running, Phase::Booting, job.vm.clone())
    );

    let error = bed.store.heartbeat(job.id, job.lease_epoch, LEASE, at(last + 16)).await.unwrap_err();
    assert!(matches!(error, ApplyError::Refused(Refused::StaleLease { current: 2 })), "{error}");
    let words: Vec<_> = bed.store.events(job.id, 0).await.unwrap().into_iter().map(|e| e.event).collect();
    assert_eq!(words, ["enqueued", "claimed", "reserved", "creating", "created", "taken-over"]);
}

#[tokio::test]
async fn an_ended_job_whose_vm_remains_is_taken_over_too() {
    let bed = Bed::new();
    let job = bed.done(1, 0).await;
    let taken = bed.claim("other", 20).await.unwrap();
    assert_eq!((taken.id, taken.status, taken.lease_epoch), (job.id, Status::Done, 2));
    let gone = bed.work(&taken, Event::VmGone { attempt: 1 }, 21).await;
    assert_eq!((gone.phase, gone.lease), (Phase::Gone, None));
    assert!(bed.claim("other", 60).await.is_none());
}

#[tokio::test]
async fn a_job_given_back_is_taken_at_once() {
    let bed = Bed::new();
    let job = bed.reserved(1, 0).await;
    bed.store.release(job.id, job.lease_epoch, at(1)).await.unwrap();
    let taken = bed.claim("other", 1).await.unwrap();
    assert_eq!((taken.id, taken.lease_epoch, taken.phase, taken.takeovers), (job.id, 2, Phase::Creating, 0));
}

#[tokio::test]
async fn a_process_that_opens_the_store_need_not_wait_for_the_leases_of_the_dead() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    let bed = bed.reopen();
    assert!(bed.claim("new", 1).await.is_none());
    assert_eq!(bed.store.expire_leases(at(1)).await.unwrap(), 1);
    assert_eq!(bed.claim("new", 1).await.unwrap().id, job.id);
}

#[tokio::test]
async fn a_clock_that_is_set_back_does_not_keep_a_dead_workers_job() {
    let bed = Bed::new();
    bed.enqueue(spawn(1), -7_200).await;
    let job = bed.claim("w", 0).await.unwrap();
    let taken = bed.claim("other", -3_600).await.unwrap();
    assert_eq!((taken.id, taken.lease_epoch), (job.id, 2));
}

#[tokio::test]
async fn a_lease_is_never_longer_than_the_longest() {
    let bed = Bed::new();
    bed.enqueue(spawn(1), 0).await;
    let day = std::time::Duration::from_secs(86_400);
    let job = bed.store.claim(worker("w"), day, None, at(0)).await.unwrap().unwrap();
    assert_eq!(job.lease.unwrap().expires_at, at(60));
}

#[tokio::test]
async fn higher_priority_goes_first_then_the_requester_with_fewer_running_jobs_then_age() {
    let bed = Bed::new();
    for number in 1..=3 {
        bed.enqueue(spawn_of("maren", number), 0).await;
    }
    bed.enqueue(spawn_of("otto", 4), 1).await;
    bed.enqueue(NewJob { priority: Priority::new(5).unwrap(), ..spawn_of("maren", 5) }, 2).await;
    bed.enqueue(NewJob { run_at: Some(at(100)), ..spawn_of("zoe", 6) }, 0).await;
    bed.enqueue(NewJob { priority: Priority::new(-1).unwrap(), ..spawn_of("zoe", 7) }, 0).await;
    let mut order = Vec::new();
    while let Some(job) = bed.claim("w", 10).await {
        order.push(job.id);
    }
    assert_eq!(order, [5, 4, 1, 2, 3, 7].map(id));
    for job in order {
        bed.store.release(job, 1, at(10)).await.unwrap();
    }
}

#[tokio::test]
async fn a_job_waits_for_its_time() {
    let bed = Bed::new();
    bed.enqueue(NewJob { run_at: Some(at(100)), ..spawn(1) }, 0).await;
    assert!(bed.claim("w", 99).await.is_none());
    assert_eq!(bed.claim("w", 100).await.unwrap().started_at, Some(at(100)));
}

#[tokio::test]
async fn jobs_in_line_are_given_only_when_there_is_room() {
    let bed = Bed::new();
    let first = bed.reserved(1, 0).await;
    for number in [2, 3] {
        bed.enqueue(NewJob { when_full: WhenFull::Queue, ..spawn(number) }, 0).await;
        let job = bed.claim("w", 1).await.unwrap();
        bed.store.reserve(job.id, job.lease_epoch, room(1), at(1)).await.unwrap();
    }
    let places = bed.store.positions(vec![id(3), first.id, id(2)]).await.unwrap();
    assert_eq!(places.into_iter().collect::<Vec<_>>(), [(id(2), 1), (id(3), 2)]);
    let claim = |room, now| bed.store.claim(worker("w"), LEASE, room, at(now));
    assert!(claim(None, 2).await.unwrap().is_none());
    assert!(claim(Some(room(1)), 2).await.unwrap().is_none());

    bed.store.apply(first.id, Fence::Open, Event::CancelRequested, at(3)).await.unwrap();
    assert_eq!(claim(Some(room(1)), 3).await.unwrap().unwrap().id, id(2));
    assert_eq!(bed.store.positions(vec![id(3)]).await.unwrap()[&id(3)], 1);
}

#[tokio::test]
async fn a_failed_try_is_repeated_after_a_pause_until_the_tries_are_used_up() {
    let bed = Bed::new();
    let failed =
        |message: &str| Event::AttemptFailed { reason: Reason::BootFailed, message: message.to_owned() };
    let job = bed.booting(1, 0).await;
    let error = bed.store.apply(job.id, Fence::Lease(1), failed("x"), at(1)).await.unwrap_err();
    assert!(matches!(error, ApplyError::Refused(Refused::VmNotGone { attempt: 1 })), "{error}");
    bed.work(&job, Event::DeleteRequested, 1).await;
    bed.work(&job, Event::VmGone { attempt: 1 }, 2).await;
    let job = bed.work(&job, failed("it never called"), 3).await;
    assert_eq!((job.status, job.run_at, job.lease.as_ref()), (Status::Queued, at(5), None));
    assert!(bed.claim("w", 4).await.is_none());

    let job = bed.claim("w", 5).await.unwrap();
    bed.store.reserve(job.id, job.lease_epoch, room(1), at(5)).await.unwrap();
    let job = bed.work(&job, intent(&job, 2, 5), 5).await;
    assert_eq!(job.attempt, 2);
    bed.work(&job, Event::VmGone { attempt: 2 }, 6).await;
    let job = bed.work(&job, failed("it never called"), 6).await;
    assert_eq!((job.status, job.reason), (Status::Failed, Some(Reason::BootFailed)));
    assert_eq!((job.phase, job.message.as_deref()), (Phase::Gone, Some("it never called")));
}

#[tokio::test]
async fn a_job_that_kills_its_workers_is_given_up() {
    let bed = Bed::new();
    bed.enqueue(NewJob { kind: JobKind::CattleReap, ..spawn(1) }, 0).await;
    bed.enqueue(spawn(2), 1_000_000).await;
    let mut claims = 0;
    let mut now = 0;
    while let Some(job) = bed.claim("w", now).await {
        assert_eq!(job.id, id(1));
        claims += 1;
        now += 30;
    }
    assert_eq!(claims, 51);
    let job = bed.get(id(1)).await;
    assert_eq!((job.status, job.reason, job.phase), (Status::Failed, Some(Reason::Error), Phase::Gone));
}

#[tokio::test]
async fn it_is_known_when_there_is_something_to_claim_again() {
    let bed = Bed::new();
    let next = async |now| bed.store.next_claim(at(now)).await.unwrap();
    assert_eq!(next(0).await, None);
    bed.enqueue(NewJob { run_at: Some(at(500)), ..spawn(1) }, 0).await;
    bed.enqueue(NewJob { run_at: Some(at(400)), ..spawn_of("otto", 2) }, 0).await;
    bed.enqueue(NewJob { run_at: Some(at(300)), priority: Priority::new(-5).unwrap(), ..spawn(3) }, 0).await;
    assert_eq!(next(0).await, Some(at(300)));
    assert_eq!(next(300).await, Some(at(400)), "what is due is claimed, not waited for");
    let job = bed.claim("w", 300).await.unwrap();
    let lease_ends = job.lease.unwrap().expires_at;
    assert_eq!(next(300).await, Some(lease_ends.min(at(400))));
    assert_eq!(next(400).await, Some(at(500)));
    assert_eq!(next(500).await, None);
}
