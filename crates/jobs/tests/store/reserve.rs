use std::sync::Arc;

use clawlets_jobs::{Event, LEASE, NewJob, Reservation, Room};
use clawlets_model::{Phase, Reason, Status, socket::WhenFull};

use crate::fixture::{Bed, at, room, room_of, spawn, spawn_of, worker};

#[tokio::test]
async fn without_room_a_job_ends_or_waits_as_it_was_asked_for() {
    let bed = Bed::new();
    bed.reserved(1, 0).await;
    bed.enqueue(spawn(2), 0).await;
    bed.enqueue(NewJob { when_full: WhenFull::Queue, ..spawn(3) }, 0).await;
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let job = bed.claim("w", 1).await.unwrap();
        outcomes.push(bed.store.reserve(job.id, job.lease_epoch, room(1), at(1)).await.unwrap());
    }
    let [Reservation::Refused(refused, full), Reservation::Waiting(waiting, _)] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert_eq!(full.to_string(), "maxInstances reached (1/1)");
    assert_eq!((refused.status, refused.reason), (Status::Failed, Some(Reason::Capacity)));
    assert_eq!(refused.message.as_deref(), Some("maxInstances reached (1/1)"));
    assert_eq!((waiting.status, waiting.phase, &waiting.lease), (Status::Queued, Phase::Reserving, &None));
}

#[tokio::test]
async fn vms_of_others_and_a_requesters_own_cap_count() {
    let bed = Bed::new();
    for number in 1..=3 {
        bed.enqueue(spawn_of(if number < 3 { "maren" } else { "otto" }, number), 0).await;
    }
    let others = Room { others_live: 1, ..room(1) };
    let job = bed.claim("w", 0).await.unwrap();
    assert!(matches!(bed.store.reserve(job.id, 1, others, at(0)).await.unwrap(), Reservation::Refused(..)));
    let caps = || room_of("maren", 0);
    let mut reserved = Vec::new();
    while let Some(job) = bed.claim("w", 0).await {
        if let Reservation::Reserved(job) = bed.store.reserve(job.id, 1, caps(), at(0)).await.unwrap() {
            reserved.push(job.requester.to_string());
        }
    }
    assert_eq!(reserved, ["otto"]);
}

#[tokio::test]
async fn a_place_is_kept_across_a_takeover_and_given_back_when_the_vm_is_gone() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    assert_eq!(bed.store.counts().await.unwrap().slots, 1);
    let job = bed.claim("other", 30).await.filter(|taken| taken.id == job.id).unwrap();
    let job = bed.work(&job, Event::Ended { reason: Reason::Timeout, message: None }, 31).await;
    assert_eq!(bed.store.counts().await.unwrap().slots, 1);
    assert_eq!(bed.store.active_vms().await.unwrap().len(), 1);
    bed.work(&job, Event::VmGone { attempt: 1 }, 32).await;
    assert_eq!(bed.store.counts().await.unwrap().slots, 0);
    assert!(bed.store.active_vms().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_second_reservation_of_the_same_job_takes_no_second_place() {
    let bed = Bed::new();
    let job = bed.reserved(1, 0).await;
    let again = bed.store.reserve(job.id, job.lease_epoch, room(1), at(1)).await.unwrap();
    assert_eq!(again, Reservation::Reserved(job));
    assert_eq!(bed.store.counts().await.unwrap().slots, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_reservations_at_once_never_exceed_the_cap() {
    let bed = Bed::new();
    let room = Arc::new(room(10));
    let workers = (0..1_000).map(|number| {
        let (store, room) = (bed.store.clone(), Arc::clone(&room));
        tokio::spawn(async move {
            let new = NewJob { when_full: WhenFull::Queue, ..spawn(number) };
            store.enqueue(new, clawlets_jobs::Admission::default(), at(0)).await.unwrap();
            let job = store.claim(worker("w"), LEASE, None, at(0)).await.unwrap().unwrap();
            store.reserve(job.id, job.lease_epoch, (*room).clone(), at(0)).await.unwrap()
        })
    });
    let mut reserved = 0;
    for task in workers.collect::<Vec<_>>() {
        if matches!(task.await.unwrap(), Reservation::Reserved(_)) {
            reserved += 1;
        }
    }
    let counts = bed.store.counts().await.unwrap();
    assert_eq!((reserved, counts.slots, counts.waiting), (10, 10, 990));
}

#[tokio::test]
async fn those_who_wait_take_turns_however_many_jobs_one_of_them_has() {
    let bed = Bed::new();
    let first = bed.reserved(1, 0).await;
    for (name, number) in [("maren", 2), ("maren", 3), ("maren", 4), ("otto", 5), ("zoe", 6)] {
        bed.enqueue(NewJob { when_full: WhenFull::Queue, ..spawn_of(name, number) }, 0).await;
        let job = bed.claim("w", 0).await.unwrap();
        let outcome = bed.store.reserve(job.id, job.lease_epoch, room(1), at(0)).await.unwrap();
        assert!(matches!(outcome, Reservation::Waiting(..)), "{outcome:?}");
    }
    let failed = Event::Ended { reason: Reason::Error, message: None };
    bed.work(&first, failed.clone(), 1).await;
    let mut order = Vec::new();
    for _ in 0..5 {
        let job = bed.store.claim(worker("w"), LEASE, Some(room(1)), at(1)).await.unwrap().unwrap();
        let outcome = bed.store.reserve(job.id, job.lease_epoch, room(1), at(1)).await.unwrap();
        let Reservation::Reserved(job) = outcome else { panic!("{outcome:?}") };
        order.push(job.requester.to_string());
        bed.work(&job, failed.clone(), 1).await;
    }
    assert_eq!(order, ["otto", "zoe", "maren", "maren", "maren"]);
}
