//! Documents that are right by themselves, and do not belong together.

use clawlets_release::{
    document::Pointer,
    value::{Sha256Digest, SystemName},
};

use crate::{
    publisher::{Publisher, order},
    tarball,
};

#[test]
fn the_pointer_of_one_release_with_the_manifest_of_another_is_refused() {
    let publisher = Publisher::new();
    let mut site = publisher.site(order(1, 7));
    site.manifest = publisher.site(order(1, 8)).manifest;
    assert_eq!(publisher.refusal(&site).code(), "other_manifest");
}

#[test]
fn a_pointer_whose_number_is_not_that_of_its_manifest_is_refused() {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 7));
    let pointer = Pointer { release_id: order(1, 9).release_id, ..publisher.pointer(&manifest) };
    let refusal = publisher.refusal(&publisher.signed_site(&pointer, &manifest, &publisher.key));
    assert_eq!(refusal.to_string(), "the pointer speaks of release 1/9, and its manifest is of 1/7");
}

#[test]
fn a_manifest_with_the_secrets_of_another_is_refused() {
    let publisher = Publisher::new();
    let mut site = publisher.site(order(1, 7));
    site.bundle = tarball::of(&[("discord_token_maren.yaml", b"value: of another release\n")]);
    assert_eq!(publisher.refusal(&site).code(), "other_secrets");
}

#[test]
fn a_release_for_another_machine_is_refused() {
    let publisher = Publisher::new();
    let mut manifest = publisher.manifest(order(1, 7));
    manifest.system = SystemName::parse("aarch64-linux").unwrap();
    let site = publisher.signed_site(&publisher.pointer(&manifest), &manifest, &publisher.key);
    assert_eq!(publisher.refusal(&site).code(), "other_system");
}

#[test]
fn bytes_are_hashed_as_they_came() {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 7));
    // The same document in another form is signed, and is not what the pointer names.
    let mut other = manifest.to_bytes();
    other.pop();
    let mut site = publisher.signed_site(&publisher.pointer(&manifest), &manifest, &publisher.key);
    site.manifest = crate::publisher::signed(&publisher.key, other.clone(), &manifest.name().to_string());
    assert_eq!(publisher.refusal(&site).code(), "other_manifest");
    let pointer = Pointer { manifest_sha256: Sha256Digest::of(&other), ..publisher.pointer(&manifest) };
    site.pointer = publisher.signed_site(&pointer, &manifest, &publisher.key).pointer;
    assert!(
        publisher.judge(&site, None, crate::publisher::NOW).is_ok(),
        "and is fine where the pointer names it"
    );
}
