//! Money: reserved before a VM is asked for, settled when it is gone.

use std::{sync::Arc, time::Duration};

use clawlets_jobs::{
    Admission, ApplyError, Budget, Charge, EnqueueError, Event, Job, LEASE, NewJob, Rate, Refused,
    Reservation, Room,
};
use clawlets_model::{MicroEuros, Reason, Requester, Status, socket::WhenFull};

use crate::fixture::{Bed, at, bot, intent, room, spawn, spawn_of, worker};

fn euros(text: &str) -> MicroEuros {
    MicroEuros::parse(text).unwrap()
}

/// A VM for two hours at a euro each, under a monthly cap and one for each requester.
fn charged(monthly: &str, per_requester: Option<&str>) -> Room {
    let budget = Budget { monthly: Some(euros(monthly)), per_requester: per_requester.map(euros) };
    let rate = Rate { hourly: euros("1"), monthly: euros("500") };
    Room { charge: Some(Charge { rate, lifetime: Duration::from_secs(7_200), budget }), ..room(1_000) }
}

async fn committed(bed: &Bed, requester: Option<Requester>) -> String {
    bed.store.committed(requester, at(0)).await.unwrap().to_cents_text()
}

/// A claimed job with a reservation of two euros.
async fn reserved(bed: &Bed, number: u128, room: Room) -> Job {
    bed.enqueue(spawn(number), 0).await;
    let job = bed.claim("w", 0).await.unwrap();
    let outcome = bed.store.reserve(job.id, job.lease_epoch, room, at(0)).await.unwrap();
    let Reservation::Reserved(job) = outcome else { panic!("{outcome:?}") };
    job
}

#[tokio::test]
async fn what_was_really_used_replaces_the_reservation() {
    let bed = Bed::new();
    let job = reserved(&bed, 1, charged("10", None)).await;
    assert_eq!(committed(&bed, None).await, "2.00", "the worst case");
    let job = bed.work(&job, intent(&job, 1, 10), 10).await;
    let job = bed.work(&job, Event::Created { server_id: 7 }, 20).await;
    let job = bed.work(&job, Event::Ended { reason: Reason::Lost, message: None }, 30).await;
    assert_eq!(committed(&bed, None).await, "2.00", "until the VM is proved gone");
    bed.work(&job, Event::VmGone { attempt: 1 }, 100).await;
    assert_eq!(committed(&bed, None).await, "1.00", "the one hour that had begun");
    assert_eq!(committed(&bed, Some(bot("otto"))).await, "0.00");
}

#[tokio::test]
async fn a_vm_that_never_was_costs_nothing() {
    let bed = Bed::new();
    let before_the_call = reserved(&bed, 1, charged("10", None)).await;
    let refused = reserved(&bed, 2, charged("10", None)).await;
    let refused = bed.work(&refused, intent(&refused, 2, 0), 0).await;
    assert_eq!(committed(&bed, None).await, "4.00");
    let failed = |message: &str| Event::AttemptFailed { reason: Reason::Error, message: message.to_owned() };
    bed.work(&before_the_call, failed("no key"), 1).await;
    let refused = bed.work(&refused, Event::VmGone { attempt: 1 }, 1).await;
    bed.work(&refused, failed("no room"), 1).await;
    assert_eq!(committed(&bed, None).await, "0.00");
    let again = bed.claim("w", 1_000).await.unwrap();
    let outcome = bed.store.reserve(again.id, again.lease_epoch, charged("10", None), at(1_000)).await;
    assert!(matches!(outcome.unwrap(), Reservation::Reserved(_)));
    assert_eq!(committed(&bed, None).await, "2.00", "another try reserves anew");
}

#[tokio::test]
async fn a_budget_refuses_with_the_sum_even_those_that_would_wait() {
    let bed = Bed::new();
    reserved(&bed, 1, charged("3", None)).await;
    let expected = "monthly budget: 2.00 of 3.00 EUR spent or reserved, this VM needs up to 2.00 EUR";
    let waits = |number| NewJob { when_full: WhenFull::Queue, ..spawn(number) };
    let admission = Admission { room: Some(charged("3", None)), ..Admission::default() };
    let refused = bed.store.enqueue(waits(2), admission, at(0)).await.unwrap_err();
    assert!(matches!(&refused, EnqueueError::NoRoom(full) if full.to_string() == expected), "{refused}");

    bed.enqueue(waits(3), 0).await;
    let job = bed.claim("w", 0).await.unwrap();
    let outcome = bed.store.reserve(job.id, job.lease_epoch, charged("3", None), at(0)).await.unwrap();
    let Reservation::Refused(job, _) = outcome else { panic!("{outcome:?}") };
    assert_eq!((job.status, job.reason), (Status::Failed, Some(Reason::Capacity)));
    assert_eq!(job.message.as_deref(), Some(expected));
}

#[tokio::test]
async fn each_requester_has_a_purse_and_each_month_a_new_one() {
    let bed = Bed::new();
    reserved(&bed, 1, charged("100", Some("3"))).await;
    let mut outcomes = Vec::new();
    for (number, name) in [(2, "maren"), (3, "otto")] {
        bed.enqueue(spawn_of(name, number), 0).await;
        let job = bed.claim("w", 0).await.unwrap();
        let outcome = bed.store.reserve(job.id, job.lease_epoch, charged("100", Some("3")), at(0)).await;
        outcomes.push(matches!(outcome.unwrap(), Reservation::Reserved(_)));
    }
    assert_eq!(outcomes, [false, true]);
    assert_eq!(bed.store.committed(None, at(40 * 86_400)).await.unwrap(), MicroEuros::default());
}

#[tokio::test]
async fn an_extension_is_reserved_too_and_a_cheaper_place_is_cheaper() {
    let bed = Bed::new();
    let job = reserved(&bed, 1, charged("5", None)).await;
    let job = bed.work(&job, intent(&job, 1, 0), 0).await;
    bed.work(&job, Event::Created { server_id: 7 }, 0).await;
    let Some(Charge { budget, .. }) = charged("5", None).charge else { panic!("it is charged") };
    let extend = |seconds| bed.store.extend(job.id, at(seconds), budget, at(0));
    assert_eq!(extend(4 * 3_600).await.unwrap().expires_at, Some(at(4 * 3_600)));
    assert_eq!(committed(&bed, None).await, "4.00");
    let refused = extend(6 * 3_600).await.unwrap_err();
    assert!(matches!(refused, ApplyError::Refused(Refused::OverBudget(_))), "{refused}");
    assert_eq!(bed.store.get(job.id).await.unwrap().unwrap().expires_at, Some(at(4 * 3_600)));
    bed.store.price(job.id, Rate { hourly: euros("0.5"), monthly: euros("500") }).await.unwrap();
    assert_eq!(committed(&bed, None).await, "2.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_reservations_at_once_never_exceed_the_budget() {
    let bed = Bed::new();
    let room = Arc::new(charged("20", None));
    let workers = (0..1_000).map(|number| {
        let (store, room) = (bed.store.clone(), Arc::clone(&room));
        tokio::spawn(async move {
            store.enqueue(spawn(number), Admission::default(), at(0)).await.unwrap();
            let job = store.claim(worker("w"), LEASE, None, at(0)).await.unwrap().unwrap();
            store.reserve(job.id, job.lease_epoch, (*room).clone(), at(0)).await.unwrap()
        })
    });
    let mut reserved = 0;
    for task in workers.collect::<Vec<_>>() {
        reserved += u32::from(matches!(task.await.unwrap(), Reservation::Reserved(_)));
    }
    assert_eq!((reserved, committed(&bed, None).await.as_str()), (10, "20.00"));
}
