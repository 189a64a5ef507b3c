use clawlets_jobs::{Admission, Event, Fence};

use crate::fixture::{Bed, at, id, spawn};

#[tokio::test]
async fn many_callers_share_a_commit() {
    const CALLERS: u128 = 500;
    let bed = Bed::new();
    let before = *bed.store.commits().borrow();
    let callers = (0..CALLERS).map(|number| {
        let store = bed.store.clone();
        tokio::spawn(async move { store.enqueue(spawn(number), Admission::default(), at(0)).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap().unwrap();
    }
    let commits = u128::from(*bed.store.commits().borrow() - before);
    assert!((1..CALLERS / 4).contains(&commits), "{commits} commits");
    assert_eq!(u128::from(bed.store.counts().await.unwrap().queued), CALLERS);
}

#[tokio::test]
async fn one_refused_operation_does_not_undo_its_neighbours() {
    let bed = Bed::new();
    bed.enqueue(spawn(1), 0).await;
    let taken = bed.store.enqueue(spawn(1), Admission::default(), at(0));
    let fresh = bed.store.enqueue(spawn(2), Admission::default(), at(0));
    let stale = bed.store.apply(id(1), Fence::Lease(7), Event::DeleteRequested, at(0));
    let cancel = bed.store.apply(id(1), Fence::Open, Event::CancelRequested, at(0));
    let (taken, fresh, stale, cancel) = tokio::join!(taken, fresh, stale, cancel);
    assert!(taken.is_err() && stale.is_err());
    assert!(fresh.is_ok() && cancel.is_ok());
    let counts = bed.reopen().store.counts().await.unwrap();
    assert_eq!((counts.queued, counts.canceled), (1, 1));
}

#[tokio::test]
async fn a_caller_who_waits_for_a_change_is_woken() {
    let bed = Bed::new();
    let mut commits = bed.store.commits();
    commits.mark_unchanged();
    bed.claim("w", 0).await;
    assert!(!commits.has_changed().unwrap(), "nothing was written");
    bed.enqueue(spawn(1), 0).await;
    commits.changed().await.unwrap();
}
