use std::time::Duration;

use clawlets_jobs::{Admission, KEYS_OUTLIVE_JOBS, NewJob};

use crate::fixture::{Bed, at, id, spawn, token};

const DAY: i64 = 86_400;
const KEEP: Duration = Duration::from_secs(30 * 86_400);

#[tokio::test]
async fn only_jobs_that_ended_long_ago_and_have_no_vm_are_forgotten() {
    let bed = Bed::new();
    bed.over(1, 0).await;
    bed.over(2, 10 * DAY).await;
    bed.done(3, 0).await;
    bed.enqueue(NewJob { run_at: Some(at(99 * DAY)), ..spawn(4) }, 0).await;
    assert_eq!(bed.store.prune(KEEP, at(31 * DAY)).await.unwrap(), [id(1)]);
    assert!(bed.store.prune(KEEP, at(31 * DAY)).await.unwrap().is_empty());

    assert!(bed.store.get(id(1)).await.unwrap().is_none());
    assert!(bed.store.payload(id(1)).await.unwrap().is_none());
    assert!(bed.store.result(id(1)).await.unwrap().is_none());
    assert!(bed.store.events(id(1), 0).await.unwrap().is_empty());
    assert!(bed.store.token_owner(token(1)).await.unwrap().is_none());
    for kept in [2, 3, 4] {
        assert!(bed.store.get(id(kept)).await.unwrap().is_some(), "{kept}");
    }
    assert_eq!(bed.store.counts().await.unwrap().done, 2);
}

#[tokio::test]
async fn a_key_outlives_its_job_by_thirty_days() {
    let bed = Bed::new();
    let keyed =
        |number| NewJob { idempotency_key: Some("k".to_owned()), payload: "p".into(), ..spawn(number) };
    bed.enqueue(keyed(1), 0).await;
    bed.store
        .apply(id(1), clawlets_jobs::Fence::Open, clawlets_jobs::Event::CancelRequested, at(1))
        .await
        .unwrap();
    let forgotten = 40 * DAY;
    assert_eq!(bed.store.prune(KEEP, at(forgotten)).await.unwrap(), [id(1)]);

    let again = bed.store.enqueue(keyed(2), Admission::default(), at(forgotten + 1)).await.unwrap();
    assert_eq!((again.job, again.deduped), (id(1), true));
    let free = forgotten + i64::try_from(KEYS_OUTLIVE_JOBS.as_secs()).unwrap();
    bed.store.prune(KEEP, at(free - 1)).await.unwrap();
    assert!(bed.store.enqueue(keyed(2), Admission::default(), at(free)).await.unwrap().deduped);
    bed.store.prune(KEEP, at(free)).await.unwrap();
    assert!(!bed.store.enqueue(keyed(2), Admission::default(), at(free)).await.unwrap().deduped);
}
