//! Attacks that are files: each folder of `testdata/attacks` has one bad document and the code of its refusal.

use std::{collections::BTreeSet, fs, path::Path};

use clawlets_release::{
    document::Pointer,
    trust::{Fetched, Refusal},
    value::Sha256Digest,
};
use serde_json::Value;

use crate::publisher::{NOW, Publisher, Site, order, signed};

/// What a document that can be read at all says that it is about, for a signature that says the same.
fn comment(bytes: &[u8]) -> String {
    let document: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |key: &str| document[key].as_str().unwrap_or("web-1").to_owned();
    format!("{}/{}/{}/{}", text("host"), text("channel"), document["epoch"], document["releaseId"])
}

fn sign(publisher: &Publisher, bytes: Vec<u8>) -> Fetched {
    let comment = comment(&bytes);
    signed(&publisher.key, bytes, &comment)
}

/// The release of the folder, where all but one document is right.
fn site(publisher: &Publisher, folder: &Path) -> Site {
    let order = order(1, 7);
    let mut manifest = publisher.manifest(order);
    let mut site = publisher.site(order);
    if let Ok(bundle) = fs::read(folder.join("secrets.tgz")) {
        manifest.secrets.digest = Sha256Digest::of(&bundle);
        site.bundle = bundle;
        site.manifest = sign(publisher, manifest.to_bytes());
    }
    if let Ok(bytes) = fs::read(folder.join("7.json")) {
        site.manifest = sign(publisher, bytes);
    }
    let pointer =
        Pointer { manifest_sha256: Sha256Digest::of(&site.manifest.bytes), ..publisher.pointer(&manifest) };
    let bytes = fs::read(folder.join("latest.json")).unwrap_or_else(|_| pointer.to_bytes());
    site.pointer = sign(publisher, bytes);
    site
}

#[test]
fn every_attack_that_is_a_file_is_refused_by_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/attacks");
    let publisher = Publisher::new();
    let mut wrong = Vec::new();
    let mut count = 0;
    for attack in fs::read_dir(folder).unwrap() {
        let attack = attack.unwrap().path();
        let expected = fs::read_to_string(attack.join("refusal")).unwrap();
        let (code, words) = expected.trim_end().split_once(": ").unwrap();
        let refusal = publisher.judge(&site(&publisher, &attack), None, NOW).unwrap_err();
        let said = in_full(&refusal);
        if refusal.code() != code || !said.contains(words) {
            wrong.push(format!("{}: {}: {said}", attack.display(), refusal.code()));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 50, "{count} attacks");
}

/// A refusal with its causes.
fn in_full(refusal: &Refusal) -> String {
    let mut said = refusal.to_string();
    let mut cause = std::error::Error::source(refusal);
    while let Some(error) = cause {
        said.push_str(": ");
        said.push_str(&error.to_string());
        cause = error.source();
    }
    said
}

#[test]
fn without_an_attack_the_same_release_is_taken() {
    let publisher = Publisher::new();
    let nowhere = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/none");
    assert!(publisher.judge(&site(&publisher, &nowhere), None, NOW).is_ok());
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let codes: BTreeSet<_> = Refusal::CODES.iter().collect();
    assert_eq!(codes.len(), Refusal::CODES.len());
}

#[test]
fn an_earlier_pointer_counts_only_where_it_is_asked_for() {
    use clawlets_release::trust::EarlierPointers;
    let mut publisher = Publisher::new();
    let mut site = publisher.site(order(0, 7));
    let pointer = b"{\"schemaVersion\":1,\"releaseId\":7,\"file\":\"7.json\"}".to_vec();
    site.pointer = signed(&publisher.key, pointer, "timestamp:1700000000");
    assert_eq!(publisher.refusal(&site).code(), "unreadable");
    publisher.trust.earlier_pointers = EarlierPointers::Accepted;
    assert_eq!(publisher.judge(&site, None, NOW).unwrap().order(), order(0, 7));
}
