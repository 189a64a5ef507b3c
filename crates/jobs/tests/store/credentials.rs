use clawlets_jobs::{ApplyError, Event, Fence, Redeemed, Refused, SessionStanding};
use clawlets_model::{Phase, Reason, Status};

use crate::fixture::{Bed, at, finished, redemption, session, token};

#[tokio::test]
async fn a_token_is_spent_once_and_a_lost_answer_is_given_again() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    let Redeemed::First(ready) = bed.store.redeem(redemption(1, "n"), at(300)).await.unwrap() else {
        panic!()
    };
    assert_eq!((ready.id, ready.phase, ready.vm.redeemed), (job.id, Phase::Ready, true));
    let bed = bed.reopen();
    for now in [300, 360, 0] {
        let again = bed.store.redeem(redemption(1, "n"), at(now)).await.unwrap();
        assert!(matches!(again, Redeemed::Repeated(_)), "{now}: {again:?}");
    }
    assert_eq!(bed.get(job.id).await.status, Status::Running);
}

#[tokio::test]
async fn a_replayed_token_ends_the_job_as_an_incident() {
    for (nonce, now, what) in [("other", 10, "used twice"), ("n", 61, "too late")] {
        let bed = Bed::new();
        bed.ready(1, 0).await;
        let Redeemed::Replayed(job) = bed.store.redeem(redemption(1, nonce), at(now)).await.unwrap() else {
            panic!("{nonce}")
        };
        assert_eq!(
            (job.status, job.reason, job.phase),
            (Status::Failed, Some(Reason::Incident), Phase::Ended)
        );
        let events = bed.store.events(job.id, 0).await.unwrap();
        let incident = events.iter().find(|line| line.event == "incident").unwrap();
        assert!(incident.detail.as_ref().unwrap().contains(what));
        assert!(matches!(
            bed.store.session(session(1, "n"), at(now)).await.unwrap(),
            SessionStanding::Ended(_)
        ));
    }
}

#[tokio::test]
async fn a_replay_after_the_end_is_remembered_and_changes_nothing() {
    let bed = Bed::new();
    let job = bed.over(1, 0).await;
    assert!(matches!(bed.store.redeem(redemption(1, "z"), at(9)).await.unwrap(), Redeemed::Replayed(_)));
    assert_eq!(bed.get(job.id).await, job);
    let last = bed.store.events(job.id, 0).await.unwrap().pop().unwrap();
    assert_eq!(last.event, "incident");
}

#[tokio::test]
async fn of_two_at_once_one_wins() {
    let bed = Bed::new();
    bed.booting(1, 0).await;
    let (a, b) = tokio::join!(
        bed.store.redeem(redemption(1, "a"), at(1)),
        bed.store.redeem(redemption(1, "b"), at(1))
    );
    let answers = [a.unwrap(), b.unwrap()];
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Redeemed::First(_))).count(), 1);
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Redeemed::Replayed(_))).count(), 1);
}

#[tokio::test]
async fn a_token_is_good_until_its_time_is_over_and_not_a_millisecond_longer() {
    let bed = Bed::new();
    bed.booting(1, 0).await;
    let late = at(300) + std::time::Duration::from_millis(1);
    assert!(matches!(bed.store.redeem(redemption(1, "n"), late).await.unwrap(), Redeemed::Expired(_)));
    assert!(matches!(bed.store.redeem(redemption(1, "n"), at(300)).await.unwrap(), Redeemed::First(_)));
    assert_eq!(bed.store.redeem(redemption(7, "n"), at(0)).await.unwrap(), Redeemed::Unknown);
}

#[tokio::test]
async fn a_tokens_time_counts_from_when_the_vm_runs() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    bed.work(&job, Event::PoweredOn { token_expires_at: at(500) }, 200).await;
    assert!(matches!(bed.store.redeem(redemption(1, "n"), at(500)).await.unwrap(), Redeemed::First(_)));
}

#[tokio::test]
async fn the_token_of_a_vm_that_was_given_up_is_worth_nothing() {
    let bed = Bed::new();
    let job = bed.booting(1, 0).await;
    bed.work(&job, Event::DeleteRequested, 1).await;
    assert!(matches!(bed.store.redeem(redemption(1, "n"), at(2)).await.unwrap(), Redeemed::Expired(_)));
    bed.work(&job, Event::VmGone { attempt: 1 }, 3).await;
    bed.work(&job, Event::AttemptFailed { reason: Reason::BootFailed, message: "x".to_owned() }, 3).await;
    assert!(matches!(bed.store.redeem(redemption(1, "n"), at(4)).await.unwrap(), Redeemed::Expired(_)));
    let owner = bed.store.token_owner(token(1)).await.unwrap().unwrap();
    assert_eq!((owner.job.id, owner.attempt), (job.id, 1));
    assert!(bed.store.token_owner(token(2)).await.unwrap().is_none());
}

#[tokio::test]
async fn once_the_token_is_spent_the_job_is_not_tried_again() {
    let bed = Bed::new();
    let job = bed.ready(1, 0).await;
    bed.work(&job, Event::VmGone { attempt: 1 }, 1).await;
    let failed = Event::AttemptFailed { reason: Reason::Lost, message: "x".to_owned() };
    let error = bed.store.apply(job.id, Fence::Lease(1), failed, at(2)).await.unwrap_err();
    assert!(matches!(error, ApplyError::Refused(Refused::Redeemed)), "{error}");
    let job = bed.work(&job, Event::Ended { reason: Reason::Lost, message: None }, 2).await;
    assert_eq!((job.status, job.phase), (Status::Failed, Phase::Gone));
}

#[tokio::test]
async fn a_session_lasts_until_the_deadline_and_its_grace_and_not_beyond_the_result() {
    let bed = Bed::new();
    let job = bed.ready(1, 0).await;
    let standing = |now| bed.store.session(session(1, "n"), at(now));
    let SessionStanding::Open(open) = standing(660).await.unwrap() else { panic!() };
    assert_eq!((open.job.id, open.attempt, open.deadline), (job.id, 1, at(600)));
    assert_eq!(standing(661).await.unwrap(), SessionStanding::Expired);
    assert_eq!(bed.store.session(session(1, "m"), at(1)).await.unwrap(), SessionStanding::Unknown);

    bed.store.apply(job.id, Fence::Open, Event::Extended { expires_at: at(900) }, at(2)).await.unwrap();
    assert!(matches!(standing(960).await.unwrap(), SessionStanding::Open(_)));
    bed.store.apply(job.id, Fence::Guest(1), Event::Reported(finished()), at(3)).await.unwrap();
    assert!(matches!(standing(3).await.unwrap(), SessionStanding::Ended(_)));
}

#[tokio::test]
async fn the_same_result_may_arrive_twice_and_another_may_not() {
    let bed = Bed::new();
    let job = bed.ready(1, 0).await;
    let report = |result| bed.store.apply(job.id, Fence::Guest(1), Event::Reported(result), at(3));
    let first = report(finished()).await.unwrap();
    assert_eq!(report(finished()).await.unwrap(), first);
    let mut other = finished();
    other.duration_ms += 1;
    let error = report(other).await.unwrap_err();
    assert!(matches!(error, ApplyError::Refused(Refused::OtherResult)), "{error}");
    assert_eq!(bed.store.result(job.id).await.unwrap(), Some(finished()));
    let ends = bed.store.events(job.id, 0).await.unwrap();
    assert_eq!(ends.iter().filter(|line| line.event == "ended").count(), 1);
}

#[tokio::test]
async fn a_stolen_store_holds_no_secret() {
    let bed = Bed::new();
    bed.done(1, 0).await;
    let bed = bed.reopen();
    let mut bytes = std::fs::read(bed.path()).unwrap();
    bytes.extend(std::fs::read(bed.path().with_extension("sqlite-wal")).unwrap_or_default());
    for secret in ["token-1", "session-1-n"] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
    }
}
