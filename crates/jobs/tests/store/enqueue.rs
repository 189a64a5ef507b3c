use std::sync::Arc;

use clawlets_jobs::{Admission, EnqueueError, NewJob, Priority};
use clawlets_model::{Status, socket::WhenFull};
use serde_json::json;

use crate::fixture::{Bed, at, bot, id, room, room_of, spawn, spawn_of};

fn keyed(number: u128, key: &str) -> NewJob {
    NewJob { idempotency_key: Some(key.to_owned()), payload: json!({ "a": 1, "b": [2] }), ..spawn(number) }
}

#[tokio::test]
async fn the_same_key_and_content_give_the_same_job_in_whatever_state() {
    let bed = Bed::new();
    let first = bed.enqueue(keyed(1, "k"), 0).await;
    let again = NewJob { payload: serde_json::from_str(r#"{"b":[2],"a":1}"#).unwrap(), ..keyed(2, "k") };
    let answer = bed.store.enqueue(again.clone(), Admission::default(), at(1)).await.unwrap();
    assert_eq!((answer.job, answer.deduped), (first, true));

    bed.store
        .apply(first, clawlets_jobs::Fence::Open, clawlets_jobs::Event::CancelRequested, at(2))
        .await
        .unwrap();
    let answer = bed.store.enqueue(again, Admission::default(), at(3)).await.unwrap();
    assert_eq!((answer.job, answer.deduped), (first, true));
    assert_eq!(bed.store.counts().await.unwrap().canceled, 1);
}

#[tokio::test]
async fn the_same_key_for_something_else_is_a_conflict() {
    let bed = Bed::new();
    let first = bed.enqueue(keyed(1, "k"), 0).await;
    let others = [
        NewJob { payload: json!({ "a": 2 }), ..keyed(2, "k") },
        NewJob { priority: Priority::new(1).unwrap(), ..keyed(2, "k") },
        NewJob { when_full: WhenFull::Queue, ..keyed(2, "k") },
        NewJob { run_at: Some(at(9)), ..keyed(2, "k") },
    ];
    for other in others {
        let error = bed.store.enqueue(other, Admission::default(), at(1)).await.unwrap_err();
        assert!(matches!(error, EnqueueError::Conflict { job } if job == first), "{error}");
    }
}

#[tokio::test]
async fn a_key_belongs_to_its_requester() {
    let bed = Bed::new();
    let mine = bed.enqueue(keyed(1, "k"), 0).await;
    let theirs = bed.enqueue(NewJob { requester: bot("otto"), ..keyed(2, "k") }, 0).await;
    assert_ne!(mine, theirs);
}

#[tokio::test]
async fn what_a_job_was_enqueued_with_reads_back() {
    let bed = Bed::new();
    let new = NewJob { snapshot: Some(vec![0, 255]), ..spawn(1) };
    let job = bed.enqueue(new.clone(), 5).await;
    let bed = bed.reopen();
    let payload = bed.store.payload(job).await.unwrap().unwrap();
    assert_eq!((payload.body, payload.snapshot), (new.payload, new.snapshot));
    let job = bed.get(job).await;
    assert_eq!((job.status, job.created_at, job.run_at), (Status::Queued, at(5), at(5)));
    assert_eq!((job.about, job.max_attempts), (new.about, new.max_attempts));
    assert!(bed.store.payload(id(9)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_full_queue_refuses_and_a_refusal_leaves_no_key_behind() {
    let bed = Bed::new();
    let limits = Admission { max_queued_per_requester: Some(2), max_queued: Some(3), ..Admission::default() };
    let try_it = |new| bed.store.enqueue(new, limits.clone(), at(0));
    try_it(spawn(1)).await.unwrap();
    try_it(spawn(2)).await.unwrap();
    let error = try_it(keyed(3, "k")).await.unwrap_err();
    assert_eq!(error.to_string(), "too many jobs of maren are queued (2/2)");
    try_it(spawn_of("otto", 4)).await.unwrap();
    let error = try_it(spawn_of("otto", 5)).await.unwrap_err();
    assert_eq!(error.to_string(), "too many jobs are queued (3/3)");

    bed.claim("w", 0).await.unwrap();
    assert!(!try_it(keyed(6, "k")).await.unwrap().deduped);
}

#[tokio::test]
async fn a_job_that_is_not_to_wait_is_refused_when_the_room_is_promised_to_others() {
    let bed = Bed::new();
    let with = |room| Admission { room: Some(room), ..Admission::default() };
    bed.booting(1, 0).await;
    bed.enqueue(spawn(2), 0).await;
    let error = bed.store.enqueue(spawn(3), with(room(2)), at(0)).await.unwrap_err();
    assert_eq!(error.to_string(), "maxInstances reached (2/2)");
    let error = bed.store.enqueue(spawn(3), with(room_of("maren", 2)), at(0)).await.unwrap_err();
    assert_eq!(error.to_string(), "maxActive of maren reached (2/2)");

    let later = NewJob { run_at: Some(at(60)), ..spawn(3) };
    let waits = NewJob { when_full: WhenFull::Queue, ..spawn(4) };
    for new in [later, waits] {
        bed.store.enqueue(new, with(room(2)), at(0)).await.unwrap();
    }
    bed.store.enqueue(spawn_of("otto", 5), with(room_of("maren", 2)), at(0)).await.unwrap();
}

#[tokio::test]
async fn a_thousand_enqueues_at_once_never_exceed_the_cap() {
    let bed = Bed::new();
    let admission = Arc::new(Admission { room: Some(room_of("maren", 7)), ..Admission::default() });
    let tries = (0..1_000).map(|number| {
        let (store, admission) = (bed.store.clone(), Arc::clone(&admission));
        tokio::spawn(async move { store.enqueue(spawn(number), (*admission).clone(), at(0)).await })
    });
    let mut accepted = 0;
    for task in tries.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok(_) => accepted += 1,
            Err(EnqueueError::NoRoom(full)) => {
                assert_eq!(full.to_string(), "maxActive of maren reached (7/7)");
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(accepted, 7);
    assert_eq!(bed.store.counts().await.unwrap().queued, 7);
}
