//! What the fuzzers drive, driven for a moment with every test run: each attack and each seed, changed at random.

use std::{fs, io::Read, path::Path};

use flate2::bufread::GzDecoder;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};

use crate::publisher::{Publisher, order};

#[path = "../../../../fuzz/src/readers.rs"]
mod readers;

/// How often each seed is changed.
const CHANGES: usize = 100;

/// How large a seed may be that is unpacked.
const LARGEST_SEED: u64 = 16 << 10;

type Reader = fn(&[u8]);

/// Every seed, with the reader that it is meant for.
fn seeds() -> Vec<(String, Vec<u8>, Reader)> {
    let publisher = Publisher::new();
    let manifest = publisher.manifest(order(1, 7));
    let pointer = publisher.pointer(&manifest);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let seed = |name: &str| fs::read(root.join("../../fuzz/src/seeds").join(name)).unwrap();
    let mut seeds = vec![
        ("a pointer".to_owned(), pointer.to_bytes(), readers::pointer as Reader),
        ("a manifest".to_owned(), manifest.to_bytes(), readers::manifest),
        ("a signature".to_owned(), seed("signature"), readers::signature),
        ("a public key".to_owned(), seed("public_key"), readers::public_key),
    ];
    for attack in fs::read_dir(root.join("testdata/attacks")).unwrap() {
        for file in fs::read_dir(attack.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let reader: Reader = match path.file_name().unwrap().to_str().unwrap() {
                "latest.json" => readers::pointer,
                "secrets.tgz" => {
                    let name = format!("the archive of {}", path.display());
                    seeds.push((name, unpacked(&bytes), readers::archive));
                    readers::bundle
                }
                "7.json" => readers::manifest,
                _ => continue,
            };
            seeds.push((path.display().to_string(), bytes, reader));
        }
    }
    seeds
}

/// What is in a frame, as far as it can be read, and not more than a fuzzer would be given.
fn unpacked(frame: &[u8]) -> Vec<u8> {
    let mut archive = Vec::new();
    let _ = GzDecoder::new(frame).take(LARGEST_SEED).read_to_end(&mut archive);
    archive
}

/// A few bytes changed, taken away, doubled or cut off behind.
fn change(bytes: &mut Vec<u8>, (at, how, byte, many): (usize, u8, u8, usize)) {
    let at = at % (bytes.len() + 1);
    let end = (at + many).min(bytes.len());
    match how {
        0 if at < bytes.len() => bytes[at] ^= byte | 1,
        1 => drop(bytes.drain(at..end)),
        2 => {
            let piece = bytes[at..end].to_vec();
            bytes.splice(at..at, piece);
        }
        3 => bytes.truncate(at),
        _ => bytes.insert(at, byte),
    }
}

#[test]
fn no_reader_falls_over_whatever_is_changed_in_a_seed() {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let changes = prop::collection::vec((any::<usize>(), 0..5u8, any::<u8>(), 1..64usize), 1..5);
    let seeds = seeds();
    assert!(seeds.len() > 120, "{} seeds", seeds.len());
    for (name, seed, read) in seeds {
        for _ in 0..CHANGES {
            let mut bytes = seed.clone();
            let drawn = changes.new_tree(&mut runner).unwrap().current();
            drawn.iter().for_each(|drawn| change(&mut bytes, *drawn));
            let fell = std::panic::catch_unwind(|| read(&bytes)).is_err();
            assert!(!fell, "{name}, changed by {drawn:?}");
        }
        read(&seed);
    }
}

#[test]
fn each_seed_of_a_signature_and_of_a_key_is_one() {
    let (mut signatures, mut keys) = (0, 0);
    for (name, seed, _) in seeds() {
        signatures += usize::from(
            name == "a signature" && clawlets_release::signature::Signature::parse(&seed).is_ok(),
        );
        let text = String::from_utf8(seed).unwrap_or_default();
        keys += usize::from(
            name == "a public key" && clawlets_release::signature::PublicKey::parse(&text).is_ok(),
        );
    }
    assert_eq!((signatures, keys), (1, 1));
}
