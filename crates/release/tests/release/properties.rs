//! Readers of bytes that anybody may have written: they take or refuse, and never fall over.

use clawlets_model::Secret;
use clawlets_release::{
    bundle::Bundle,
    document::{EarlierPointer, Manifest, Pointer},
    signature::{PublicKey, SecretKey, Signature},
    update::State,
    value::{Period, SitePath, StorePath, UtcTime, Version},
};
use proptest::prelude::*;

use crate::{
    publisher::{Publisher, new_key, order},
    tarball,
};

/// Some of a document's bytes changed, taken away or doubled.
fn mangled(original: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = original.len();
    let change = (0..length, 0..4u8, any::<u8>(), 1..40usize);
    prop::collection::vec(change, 1..6).prop_map(move |changes| {
        let mut bytes = original.clone();
        for (at, how, byte, many) in changes {
            let at = at.min(bytes.len().saturating_sub(1));
            let end = (at + many).min(bytes.len());
            match how {
                0 if !bytes.is_empty() => bytes[at] = byte,
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes.insert(at, byte),
            }
        }
        bytes
    })
}

fn manifest() -> Vec<u8> {
    Publisher::new().manifest(order(1, 7)).to_bytes()
}

fn pointer() -> Vec<u8> {
    let publisher = Publisher::new();
    publisher.pointer(&publisher.manifest(order(1, 7))).to_bytes()
}

/// Whatever a reader takes, it writes in a form that it takes again.
fn is_stable(bytes: &[u8]) {
    if let Ok(pointer) = Pointer::parse(bytes) {
        assert_eq!(Pointer::parse(&pointer.to_bytes()), Ok(pointer));
    }
    if let Ok(manifest) = Manifest::parse(bytes) {
        assert_eq!(Manifest::parse(&manifest.to_bytes()), Ok(manifest));
    }
    if let Ok(state) = State::parse(bytes) {
        assert_eq!(State::parse(&state.to_bytes()), Ok(state));
    }
    let _ = EarlierPointer::parse(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_at_all(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        is_stable(&bytes);
        let _ = Signature::parse(&bytes);
        let _ = Bundle::parse(&bytes);
        let _ = Bundle::parse(&tarball::gzip(&bytes));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let _ = PublicKey::parse(&text);
        let _ = SecretKey::parse(&Secret::new(text), None);
    }

    #[test]
    fn a_mangled_pointer(bytes in mangled(pointer())) {
        is_stable(&bytes);
    }

    #[test]
    fn a_mangled_manifest(bytes in mangled(manifest())) {
        is_stable(&bytes);
    }

    #[test]
    fn a_mangled_state(bytes in mangled(State::new(StorePath::parse("/nix/store/00000000000000000000000000000000-a").unwrap()).to_bytes())) {
        is_stable(&bytes);
    }

    #[test]
    fn a_mangled_signature_never_fits(bytes in mangled(new_key().sign(b"document", "comment").into_bytes())) {
        let Ok(signature) = Signature::parse(&bytes) else { return Ok(()) };
        let stranger = new_key();
        prop_assert!(stranger.public().verify(b"document", &signature).is_err());
    }

    #[test]
    fn a_mangled_archive(archive in mangled(tarball::ended([tarball::entry(b"a.yaml", b'0', b"a: 1\n"), tarball::entry(b"b.yaml", b'0', &[b'b'; 600])].concat()))) {
        if let Ok(bundle) = Bundle::parse(&tarball::gzip(&archive)) {
            prop_assert!(bundle.files().len() <= 2 + 4);
        }
    }

    #[test]
    fn a_bundle_gives_back_what_was_packed(files in prop::collection::btree_map("[A-Za-z][A-Za-z0-9_-]{0,40}", prop::collection::vec(any::<u8>(), 0..1_500), 0..20)) {
        let named: Vec<_> = files.iter().map(|(name, bytes)| (format!("{name}.yaml"), bytes)).collect();
        let packed: Vec<_> = named.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let bundle = Bundle::parse(&tarball::of(&packed)).unwrap();
        let found: Vec<_> = bundle.files().map(|file| (file.secret.to_string(), file.bytes.to_vec())).collect();
        prop_assert_eq!(found, files.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn small_values_write_what_they_read(text in "[a-zA-Z0-9:._/ +-]{0,40}") {
        if let Ok(path) = SitePath::parse(&text) {
            prop_assert_eq!(path.as_str(), &text);
            prop_assert!(!text.starts_with('/') && !text.split('/').any(|segment| segment.starts_with('.')));
        }
        if let Ok(version) = Version::parse(&text) {
            prop_assert_eq!(version.to_string(), text.clone());
        }
        if let Ok(time) = UtcTime::parse(&text) {
            prop_assert_eq!(time.to_string(), text.clone());
        }
        if let Ok(period) = Period::parse(&text) {
            prop_assert_eq!(Period::parse(&period.to_string()), Ok(period));
        }
    }

    #[test]
    fn what_one_key_signs_no_other_verifies(document in prop::collection::vec(any::<u8>(), 0..500), comment in "[ -~]{0,60}") {
        let (key, other) = (new_key(), new_key());
        let signature = Signature::parse(key.sign(&document, &comment).as_bytes()).unwrap();
        prop_assert_eq!(signature.trusted_comment(), comment.trim());
        prop_assert_eq!(key.public().verify(&document, &signature), Ok(()));
        prop_assert!(other.public().verify(&document, &signature).is_err());
        let longer = [&document[..], b"x"].concat();
        prop_assert!(key.public().verify(&longer, &signature).is_err());
    }
}

#[test]
fn a_bundle_of_more_than_1_mib_is_refused_unread() {
    let refusal = Bundle::parse(&vec![0; (1 << 20) + 1]).unwrap_err();
    assert_eq!(refusal.to_string(), "the bundle has more than 1048576 bytes");
}
