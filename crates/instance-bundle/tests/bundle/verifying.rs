//! What is believed.

use clawlets_instance_bundle::{BundleName, Expected, Refusal, verify};
use clawlets_release::{signature::SignatureFault, value::Sha256Digest};

use crate::{instance, key, manifest, version};

fn seen(number: u64, bytes: &[u8]) -> BundleName {
    BundleName { version: version(number), manifest_sha256: Sha256Digest::of(bytes) }
}

#[test]
fn a_bundle_is_believed_when_everything_fits() {
    let bytes = manifest("web-1", 5, b"a", b"b").to_bytes();
    let signature = key(1).sign(&bytes, "web-1/5");
    let (web, keys) = (instance("web-1"), [key(2).public(), key(1).public()]);
    for earlier in [None, Some(seen(4, b"other")), Some(seen(5, &bytes))] {
        let expected = Expected { instance: &web, keys: &keys, seen: earlier };
        let verified = verify(&bytes, signature.as_bytes(), &expected).unwrap();
        assert_eq!(verified.name, seen(5, &bytes));
    }
}

#[test]
fn everything_else_is_refused_by_name() {
    let bytes = manifest("web-1", 5, b"a", b"b").to_bytes();
    let signature = key(1).sign(&bytes, "web-1/5");
    let (web, other) = (instance("web-1"), instance("web-2"));
    let (keys, strangers) = ([key(1).public()], [key(9).public()]);
    let fine = Expected { instance: &web, keys: &keys, seen: None };
    let refused = |bytes: &[u8], signature: &str, expected: &Expected<'_>| {
        verify(bytes, signature.as_bytes(), expected).unwrap_err()
    };
    let mut tampered = bytes.clone();
    tampered[30] ^= 1;
    assert_eq!(refused(&tampered, &signature, &fine), Refusal::Signature(SignatureFault::DoesNotFit));
    assert!(matches!(refused(&bytes, "", &fine), Refusal::Signature(SignatureFault::Malformed(_))));
    assert!(matches!(refused(&bytes, &signature[..150], &fine), Refusal::Signature(_)));
    let by_others = Expected { keys: &strangers, ..fine };
    assert!(matches!(
        refused(&bytes, &signature, &by_others),
        Refusal::Signature(SignatureFault::OtherKey(_))
    ));
    assert_eq!(refused(&bytes, &signature, &Expected { keys: &[], ..fine }), Refusal::NoKey);
    let elsewhere = Expected { instance: &other, ..fine };
    assert!(matches!(refused(&bytes, &signature, &elsewhere), Refusal::OtherInstance { .. }));
    let newer = Expected { seen: Some(seen(6, b"x")), ..fine };
    let older = Refusal::Older { found: version(5), seen: version(6) };
    assert_eq!(refused(&bytes, &signature, &newer), older);
    let twice = Expected { seen: Some(seen(5, b"x")), ..fine };
    assert_eq!(refused(&bytes, &signature, &twice), Refusal::Equivocation { version: version(5) });
    // A release's document that the same key signed is no bundle.
    let release = br#"{"schemaVersion":1,"host":"web-1","releaseId":5}"#;
    let signed = key(1).sign(release, "web-1/prod/0/5");
    assert!(matches!(refused(release, &signed, &fine), Refusal::Manifest(_)));
}
