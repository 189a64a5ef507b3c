use clawlets_jobs::{ApplyError, Event, Fence, Refused};
use clawlets_model::{Phase, Reason, Status};

use crate::fixture::{Bed, at, finished, spawn};

async fn cancel(bed: &Bed, job: clawlets_model::JobId) -> Result<clawlets_jobs::Job, ApplyError> {
    bed.store.apply(job, Fence::Open, Event::CancelRequested, at(50)).await
}

#[tokio::test]
async fn a_job_without_a_vm_is_canceled_at_once() {
    let bed = Bed::new();
    let queued = bed.enqueue(spawn(9), 10).await;
    let claimed = {
        let new = spawn(1);
        bed.enqueue(new, 0).await;
        bed.claim("w", 0).await.unwrap()
    };
    for id in [queued, claimed.id] {
        let job = cancel(&bed, id).await.unwrap();
        assert_eq!((job.status, job.phase), (Status::Canceled, Phase::Gone));
        assert_eq!((job.reason, job.ended_at), (Some(Reason::Canceled), Some(at(50))));
    }
    assert!(bed.claim("w", 60).await.is_none());
    let late = bed.store.reserve(claimed.id, 1, crate::fixture::room(9), at(51)).await.unwrap_err();
    assert!(matches!(late, ApplyError::Refused(Refused::StaleLease { .. })), "{late}");
}

#[tokio::test]
async fn a_job_with_a_vm_is_asked_to_stop_and_ends_as_canceled_whatever_the_vm_says() {
    let bed = Bed::new();
    let job = bed.ready(1, 0).await;
    let job = cancel(&bed, job.id).await.unwrap();
    assert_eq!((job.status, job.cancel_requested), (Status::Running, true));
    let told = bed.store.heartbeat(job.id, 1, clawlets_jobs::LEASE, at(51)).await.unwrap();
    assert!(told.cancel_requested);
    let job = bed.store.apply(job.id, Fence::Guest(1), Event::Reported(finished()), at(52)).await.unwrap();
    assert_eq!((job.status, job.reason, job.exit_code), (Status::Canceled, Some(Reason::Canceled), Some(0)));
    assert_eq!(job.phase, Phase::Ended);
}

#[tokio::test]
async fn no_vm_is_made_for_a_job_that_is_being_canceled() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    cancel(&bed, job.id).await.unwrap();
    bed.work(&job, Event::VmGone { attempt: 1 }, 51).await;
    let failed = Event::AttemptFailed { reason: Reason::BootFailed, message: "x".to_owned() };
    let job = bed.work(&job, failed, 52).await;
    assert_eq!((job.status, job.phase), (Status::Canceled, Phase::Gone));
}

#[tokio::test]
async fn a_job_that_ended_cannot_be_canceled() {
    let bed = Bed::new();
    for job in [bed.done(1, 0).await, bed.over(2, 0).await] {
        let error = cancel(&bed, job.id).await.unwrap_err();
        let ended = Refused::Ended { status: Status::Done, reason: Reason::Finished };
        assert!(matches!(&error, ApplyError::Refused(refused) if *refused == ended), "{error}");
        assert_eq!(bed.get(job.id).await, job);
    }
}

#[tokio::test]
async fn an_incident_is_told_even_of_a_job_that_is_being_canceled() {
    let bed = Bed::new();
    let job = bed.ready(1, 0).await;
    cancel(&bed, job.id).await.unwrap();
    let end = Event::Ended { reason: Reason::Incident, message: Some("the peer is another vm".to_owned()) };
    let job = bed.store.apply(job.id, Fence::Open, end, at(51)).await.unwrap();
    assert_eq!((job.status, job.reason), (Status::Failed, Some(Reason::Incident)));
}
