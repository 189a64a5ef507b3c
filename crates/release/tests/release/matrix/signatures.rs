//! Signatures that prove nothing, and keys that count no more.

use clawlets_release::{
    signature::SignatureFault,
    trust::{Refusal, Signatures},
};

use crate::publisher::{NOW, Publisher, name, new_key, order, signed, time};

#[test]
fn an_unsigned_pointer_or_manifest_is_refused() {
    let publisher = Publisher::new();
    let mut site = publisher.site(order(1, 7));
    site.manifest.signature = None;
    assert_eq!(publisher.refusal(&site).to_string(), "the manifest is not signed");
    site.pointer.signature = None;
    assert_eq!(publisher.refusal(&site).to_string(), "the pointer is not signed");
}

#[test]
fn where_signatures_are_optional_a_wrong_one_is_refused_all_the_same() {
    let mut publisher = Publisher::new();
    publisher.trust.signatures = Signatures::Optional;
    let mut site = publisher.site(order(1, 7));
    (site.pointer.signature, site.manifest.signature) = (None, None);
    assert!(publisher.judge(&site, None, NOW).is_ok());
    site.pointer = signed(&new_key(), site.pointer.bytes, "x");
    assert_eq!(publisher.refusal(&site).code(), "unknown_key");
}

#[test]
fn a_key_that_the_host_does_not_know_is_refused() {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 7));
    let stranger = new_key();
    let site = publisher.signed_site(&publisher.pointer(&manifest), &manifest, &stranger);
    let refusal = publisher.refusal(&site);
    assert_eq!(refusal.code(), "unknown_key");
    assert!(refusal.to_string().contains(&stranger.public().id().to_string()));
}

#[test]
fn a_key_with_the_name_of_a_known_one_is_refused() {
    use clawlets_release::signature::SecretKey;
    let publisher = Publisher::new();
    let id = u64::from_str_radix(&publisher.key.public().id().to_string(), 16).unwrap().to_le_bytes();
    let forged = SecretKey::from_seed(&zeroize::Zeroizing::new([7; 32]), id);
    let manifest = publisher.manifest(order(1, 7));
    let refusal =
        publisher.refusal(&publisher.signed_site(&publisher.pointer(&manifest), &manifest, &forged));
    assert!(matches!(refusal, Refusal::Signature { source: SignatureFault::DoesNotFit, .. }), "{refusal:?}");
}

#[test]
fn a_truncated_signature_is_refused_wherever_it_ends() {
    let publisher = Publisher::new();
    let site = publisher.site(order(1, 7));
    let whole = site.pointer.signature.clone().unwrap();
    // Without the last line's end it is still whole.
    for length in 0..whole.len() - 1 {
        let mut site = site.clone();
        site.pointer.signature = Some(whole[..length].to_vec());
        assert_eq!(publisher.refusal(&site).code(), "signature", "{length} bytes");
    }
}

#[test]
fn a_signature_with_something_behind_it_is_refused() {
    let publisher = Publisher::new();
    let mut site = publisher.site(order(1, 7));
    site.pointer.signature.as_mut().unwrap().extend(b"more\n");
    assert_eq!(publisher.refusal(&site).code(), "signature");
    site.pointer.signature.as_mut().unwrap().resize(1025, b'\n');
    let refusal = publisher.refusal(&site);
    assert!(matches!(refusal, Refusal::Signature { source: SignatureFault::TooLarge, .. }), "{refusal:?}");
}

#[test]
fn every_flipped_bit_of_a_signed_document_is_noticed() {
    let publisher = Publisher::new();
    let site = publisher.site(order(1, 7));
    for at in (0..site.pointer.bytes.len()).step_by(7) {
        let mut site = site.clone();
        site.pointer.bytes[at] ^= 1;
        assert_eq!(publisher.refusal(&site).code(), "signature", "byte {at}");
    }
}

#[test]
fn the_signature_of_another_file_is_refused() {
    let publisher = Publisher::new();
    let mut site = publisher.site(order(1, 7));
    site.pointer.signature = site.manifest.signature.clone();
    assert_eq!(publisher.refusal(&site).code(), "signature");
}

#[test]
fn a_signature_whose_comment_speaks_of_another_release_is_refused() {
    let publisher = Publisher::new();
    let mut site = publisher.site(order(1, 7));
    site.pointer = signed(&publisher.key, site.pointer.bytes, &name(order(1, 8)).to_string());
    assert_eq!(publisher.refusal(&site).code(), "foreign_comment");
}

#[test]
fn a_key_from_before_counts_until_its_end() {
    let mut publisher = Publisher::new();
    publisher.trust.keys.previous =
        std::mem::replace(&mut publisher.trust.keys.current, vec![new_key().public()]);
    let site = publisher.site(order(1, 7));
    assert_eq!(publisher.refusal(&site).code(), "unknown_key", "it has no end, so it does not count");
    publisher.trust.keys.previous_until = Some(time("2026-11-21T08:00:01Z"));
    assert!(publisher.judge(&site, None, NOW).is_ok());
    publisher.trust.keys.previous_until = Some(time(NOW));
    assert_eq!(publisher.refusal(&site).code(), "ended_key");
}

#[test]
fn a_revoked_key_counts_in_no_list() {
    let mut publisher = Publisher::new();
    let site = publisher.site(order(1, 7));
    publisher.trust.keys.revoked.insert(publisher.key.public().id());
    publisher.trust.keys.recovery.push(publisher.key.public());
    let refusal = publisher.refusal(&site);
    assert_eq!((refusal.code(), refusal.is_alarm()), ("revoked_key", true));
}
