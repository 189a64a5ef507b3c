//! What was seen is never undercut.

use clawlets_release::{
    document::Pointer,
    trust::{Rollback, Seen, Signer},
    value::{Epoch, Order, ReleaseId, UtcTime},
};

use crate::publisher::{NOW, Publisher, order};

#[test]
fn a_release_below_the_highest_seen_is_refused() {
    let publisher = Publisher::new();
    let seen = publisher.seen(&publisher.site(order(1, 8)));
    let refusal = publisher.judge(&publisher.site(order(1, 7)), Some(seen), NOW).unwrap_err();
    assert_eq!(refusal.to_string(), "release 1/7 is below 1/8, which this host has seen");
    assert!(publisher.judge(&publisher.site(order(1, 9)), Some(seen), NOW).is_ok());
}

#[test]
fn the_same_number_with_other_bytes_is_equivocation_and_an_alarm() {
    let publisher = Publisher::new();
    let seen = publisher.seen(&publisher.site(order(1, 7)));
    let mut manifest = publisher.manifest(order(1, 7));
    manifest.issued_at = UtcTime::parse("2026-11-20T10:00:01Z").unwrap();
    let site = publisher.signed_site(&publisher.pointer(&manifest), &manifest, &publisher.key);
    let refusal = publisher.judge(&site, Some(seen), NOW).unwrap_err();
    assert_eq!((refusal.code(), refusal.is_alarm()), ("equivocation", true));
}

#[test]
fn the_floor_survives_the_loss_of_either_of_its_places() {
    let publisher = Publisher::new();
    let old = publisher.seen(&publisher.site(order(1, 7)));
    let new = publisher.seen(&publisher.site(order(1, 8)));
    for (one, other) in [(Some(new), None), (None, Some(new)), (Some(old), Some(new)), (Some(new), Some(old))]
    {
        assert_eq!(Seen::join(one, other).unwrap().unwrap().order, order(1, 8));
    }
    assert_eq!(Seen::join(None, None), Ok(None));
}

#[test]
fn two_places_that_name_two_manifests_of_one_release_are_not_joined() {
    let publisher = Publisher::new();
    let seen = publisher.seen(&publisher.site(order(1, 7)));
    let other = Seen { manifest_sha256: clawlets_release::value::Sha256Digest::of(b"other"), ..seen };
    assert!(Seen::join(Some(seen), Some(other)).is_err());
}

#[test]
fn after_a_jump_to_the_last_number_only_a_recovery_key_leads_on() {
    let publisher = Publisher::new();
    let jump = Order { epoch: Epoch::new(1).unwrap(), release_id: ReleaseId::LAST };
    let seen = publisher.seen(&publisher.site(jump));
    assert_eq!(
        publisher.judge(&publisher.site(order(1, 8)), Some(seen), NOW).unwrap_err().code(),
        "below_floor"
    );

    let refusal = publisher.judge(&publisher.site(order(2, 1)), Some(seen), NOW).unwrap_err();
    assert_eq!((refusal.code(), refusal.is_alarm()), ("epoch_not_recovered", true));

    let manifest = publisher.manifest(order(2, 1));
    let site = publisher.signed_site(&publisher.pointer(&manifest), &manifest, &publisher.recovery);
    let candidate = publisher.judge(&site, Some(seen), NOW).unwrap();
    assert!(matches!(candidate.signer(), Signer::Recovery(_)));

    // From there on the usual keys go on, within the new epoch.
    let seen = Seen::after(Some(seen), &candidate);
    assert!(publisher.judge(&publisher.site(order(2, 2)), Some(seen), NOW).is_ok());
    assert_eq!(publisher.judge(&publisher.site(jump), Some(seen), NOW).unwrap_err().code(), "below_floor");
}

#[test]
fn an_older_pointer_to_the_newest_release_is_a_replay() {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 7));
    let halted = Pointer {
        halted: true,
        issued_at: UtcTime::parse("2026-11-21T07:00:00Z").unwrap(),
        ..publisher.pointer(&manifest)
    };
    let seen = publisher.seen(&publisher.signed_site(&halted, &manifest, &publisher.key));
    let refusal = publisher.judge(&publisher.site(order(1, 7)), Some(seen), NOW).unwrap_err();
    assert_eq!(refusal.code(), "replayed", "a halt must not be taken back by an older pointer");
}

#[test]
fn where_it_is_allowed_an_older_release_of_the_epoch_may_come_back_with_a_newer_pointer() {
    let mut publisher = Publisher::new();
    publisher.trust.rollback = Rollback::Allowed;
    let seen = publisher.seen(&publisher.site(order(1, 8)));
    let manifest = publisher.manifest(order(1, 7));
    let older = Pointer {
        issued_at: UtcTime::parse("2026-11-21T05:00:00Z").unwrap(),
        ..publisher.pointer(&manifest)
    };
    let judge = |pointer: &Pointer| {
        publisher.judge(&publisher.signed_site(pointer, &manifest, &publisher.key), Some(seen), NOW)
    };
    assert_eq!(judge(&older).unwrap_err().code(), "replayed");
    let newer = Pointer { issued_at: UtcTime::parse("2026-11-21T07:00:00Z").unwrap(), ..older };
    let candidate = judge(&newer).unwrap();
    assert_eq!(Seen::after(Some(seen), &candidate).order, order(1, 8), "the floor stays");
    assert_eq!(
        publisher.judge(&publisher.site(order(0, 9)), Some(seen), NOW).unwrap_err().code(),
        "below_floor"
    );
}
