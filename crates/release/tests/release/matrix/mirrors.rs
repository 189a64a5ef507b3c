//! One mirror is stale, hostile, slow or down, and another one is good.

use clawlets_release::{
    document::Pointer,
    trust::{FetchFailure, Fetched, MirrorAnswer, MirrorReport, Refusal, Verifier},
    value::UtcTime,
};

use crate::publisher::{NOW, Publisher, new_key, order, time};

fn html() -> MirrorAnswer {
    Ok(Fetched { bytes: b"<!doctype html><title>Sign in</title>".to_vec(), signature: None })
}

#[test]
fn whatever_is_wrong_with_the_first_mirror_the_second_one_counts() {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 8));
    let good = publisher.site(order(1, 8));
    let forged = publisher.signed_site(&publisher.pointer(&manifest), &manifest, &new_key());
    let firsts: [MirrorAnswer; 9] = [
        Err(FetchFailure::Unreachable),
        Err(FetchFailure::TooSlow),
        Err(FetchFailure::TooLarge { limit: 16 << 10 }),
        Err(FetchFailure::Redirect),
        Err(FetchFailure::Status(500)),
        html(),
        Ok(forged.pointer),
        Ok(publisher.site(order(1, 7)).pointer),
        Ok(Fetched { bytes: vec![b'['; 16 << 10], signature: good.pointer.signature.clone() }),
    ];
    for first in firsts {
        let verifier = Verifier::new(&publisher.trust, None, time(NOW)).unwrap();
        let choice = verifier.choose(&[first.clone(), Ok(good.pointer.clone())]).unwrap();
        assert_eq!((choice.pointer.order(), choice.mirrors), (order(1, 8), vec![1]), "{first:?}");
        assert_eq!(choice.reports.len(), 1, "{first:?}");
        let manifests = [(0, first.clone()), (1, Ok(good.manifest.clone()))];
        assert!(verifier.choose_manifest(&choice.pointer, &manifests).is_ok(), "{first:?}");
    }
}

#[test]
fn a_mirror_that_shows_less_than_was_seen_is_stale_and_not_fatal() {
    let publisher = Publisher::new();
    let good = publisher.site(order(1, 8));
    let seen = publisher.seen(&good);
    let verifier = Verifier::new(&publisher.trust, Some(&seen), time(NOW)).unwrap();
    let choice = verifier.choose(&[Ok(publisher.site(order(1, 7)).pointer), Ok(good.pointer)]).unwrap();
    assert_eq!(choice.pointer.order(), order(1, 8));
    assert!(matches!(choice.reports[..], [MirrorReport::Refused(0, Refusal::BelowFloor { .. })]));
}

#[test]
fn of_two_pointers_to_one_release_the_newer_one_counts() {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 7));
    let halted = Pointer {
        halted: true,
        issued_at: UtcTime::parse("2026-11-21T07:00:00Z").unwrap(),
        ..publisher.pointer(&manifest)
    };
    let halted = publisher.signed_site(&halted, &manifest, &publisher.key);
    let verifier = Verifier::new(&publisher.trust, None, time(NOW)).unwrap();
    let choice = verifier.choose(&[Ok(publisher.site(order(1, 7)).pointer), Ok(halted.pointer)]).unwrap();
    assert!(choice.pointer.is_halted());
    assert_eq!(choice.reports, [MirrorReport::Stale(0)]);
}

#[test]
fn two_mirrors_with_two_manifests_of_one_release_are_an_alarm() {
    let publisher = Publisher::new();
    let mut other = publisher.manifest(order(1, 7));
    other.issued_at = UtcTime::parse("2026-11-20T11:00:00Z").unwrap();
    let other = publisher.signed_site(&publisher.pointer(&other), &other, &publisher.key);
    let verifier = Verifier::new(&publisher.trust, None, time(NOW)).unwrap();
    let answers = [Ok(publisher.site(order(1, 7)).pointer), Ok(other.pointer)];
    let refusal = verifier.choose(&answers).unwrap_err().refusal.unwrap();
    assert_eq!((refusal.code(), refusal.is_alarm()), ("equivocation", true));
}

#[test]
fn when_all_mirrors_are_down_nothing_is_refused() {
    let publisher = Publisher::new();
    let verifier = Verifier::new(&publisher.trust, None, time(NOW)).unwrap();
    let none = verifier.choose(&[Err(FetchFailure::Unreachable), Err(FetchFailure::TooSlow)]).unwrap_err();
    assert_eq!((none.refusal, none.reports.len()), (None, 2));
}

#[test]
fn a_manifest_is_taken_from_the_mirror_that_has_the_right_one() {
    let publisher = Publisher::new();
    let good = publisher.site(order(1, 7));
    let verifier = Verifier::new(&publisher.trust, None, time(NOW)).unwrap();
    let choice = verifier.choose(&[Ok(good.pointer)]).unwrap();
    let wrong = publisher.site(order(1, 6)).manifest;
    let answers = [(0, Ok(wrong)), (1, html()), (2, Ok(good.manifest))];
    assert!(verifier.choose_manifest(&choice.pointer, &answers).is_ok());
    let none = verifier.choose_manifest(&choice.pointer, &answers[..2]).unwrap_err();
    assert_eq!(none.refusal.unwrap().code(), "other_manifest");
}
