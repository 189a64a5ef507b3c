//! Storing, cut off at every moment.

use std::collections::BTreeMap;

use clawlets_instance_bundle::{
    BundleFile, Manifest, Step, UploadPlan,
    object::{MANIFEST, SIGNATURE, places_of, places_of_signature},
};
use clawlets_release::value::Sha256Digest;
use proptest::prelude::*;

use crate::manifest;

/// A bucket. The signature of a manifest is its bytes with a mark.
type Bucket = BTreeMap<String, Vec<u8>>;

#[derive(Debug, Clone)]
struct Content {
    manifest: Manifest,
    seeds: Vec<u8>,
    secrets: Vec<u8>,
}

impl Content {
    fn new(number: u64, seeds: u8, secrets: u8) -> Self {
        let manifest = manifest("web-1", number, &[seeds], &[secrets]);
        Self { manifest, seeds: vec![seeds], secrets: vec![secrets] }
    }

    fn bytes(&self, file: BundleFile) -> Vec<u8> {
        match file {
            BundleFile::RepoSeeds => self.seeds.clone(),
            BundleFile::Secrets => self.secrets.clone(),
        }
    }
}

fn signature(manifest: &[u8]) -> Vec<u8> {
    [b"signed ", manifest].concat()
}

fn carry_out(bucket: &mut Bucket, step: &Step, new: &Content) {
    let manifest = new.manifest.to_bytes();
    match step {
        Step::Keep { name, from } => {
            let there = bucket[from].clone();
            bucket.insert(name.clone(), there);
        }
        Step::StoreFile { file, name } => {
            bucket.insert(name.clone(), new.bytes(*file));
        }
        Step::StoreSignature { name } => {
            bucket.insert(name.clone(), signature(&manifest));
        }
        Step::CopyFile { file, from } => {
            let there = bucket[from].clone();
            bucket.insert(file.name().to_owned(), there);
        }
        Step::StoreManifest => {
            bucket.insert(MANIFEST.to_owned(), manifest);
        }
        Step::Remove { name } => {
            bucket.remove(name);
        }
    }
}

/// What a reader finds: the version of a whole bundle.
fn found(bucket: &Bucket) -> Option<u64> {
    let bytes = bucket.get(MANIFEST)?;
    let is_signature = |name: &String| bucket.get(name) == Some(&signature(bytes));
    let is_signed = places_of_signature(Sha256Digest::of(bytes)).iter().any(is_signature);
    let manifest = Manifest::parse(bytes).unwrap();
    let is_there = |(file, digest): (BundleFile, Sha256Digest)| {
        places_of(file, digest)
            .iter()
            .filter_map(|name| bucket.get(name))
            .any(|it| Sha256Digest::of(it) == digest)
    };
    (is_signed && manifest.known_files().all(is_there)).then(|| manifest.version.number())
}

fn upload(bucket: &mut Bucket, new: &Content, former: Option<&Content>, steps: usize) {
    let present: Vec<String> = bucket.keys().cloned().collect();
    let plan = UploadPlan::of(&new.manifest, former.map(|former| &former.manifest), &present);
    plan.steps.iter().take(steps).for_each(|step| carry_out(bucket, step, new));
}

#[test]
fn nothing_is_stored_twice_and_what_nobody_needs_is_removed() {
    let mut bucket = Bucket::new();
    let contents = [Content::new(1, 1, 1), Content::new(2, 1, 2), Content::new(3, 3, 4)];
    upload(&mut bucket, &contents[0], None, usize::MAX);
    upload(&mut bucket, &contents[1], Some(&contents[0]), usize::MAX);
    upload(&mut bucket, &contents[2], Some(&contents[1]), usize::MAX);
    // Four plain names; by hash the files and the signatures of the last two.
    assert_eq!(bucket.len(), 4 + 4 + 2, "{:?}", bucket.keys());
    let present: Vec<String> = bucket.keys().cloned().collect();
    let again = Content { manifest: manifest("web-1", 4, &[3], &[4]), ..contents[2].clone() };
    let plan = UploadPlan::of(&again.manifest, Some(&contents[2].manifest), &present);
    assert!(!plan.steps.iter().any(|step| matches!(step, Step::StoreFile { .. })), "{plan:?}");
}

#[test]
fn a_bundle_that_has_only_plain_names_is_kept_too() {
    let (former, new) = (Content::new(1, 1, 1), Content::new(2, 2, 2));
    let former_bytes = former.manifest.to_bytes();
    let mut bucket = Bucket::from([
        (MANIFEST.to_owned(), former_bytes.clone()),
        (SIGNATURE.to_owned(), signature(&former_bytes)),
        (BundleFile::RepoSeeds.name().to_owned(), vec![1]),
        (BundleFile::Secrets.name().to_owned(), vec![1]),
    ]);
    let present: Vec<String> = bucket.keys().cloned().collect();
    let plan = UploadPlan::of(&new.manifest, Some(&former.manifest), &present);
    for step in &plan.steps {
        assert!(found(&bucket).is_some(), "before {step:?}");
        carry_out(&mut bucket, step, &new);
    }
    assert_eq!(found(&bucket), Some(2));
}

proptest! {
    #[test]
    fn whenever_it_is_cut_off_a_whole_bundle_is_found(
        uploads in prop::collection::vec((0_u8..4, 0_u8..4, 0_usize..14), 1..8)
    ) {
        let mut bucket = Bucket::new();
        let first = Content::new(1, 9, 9);
        upload(&mut bucket, &first, None, usize::MAX);
        let mut former = first;
        for (number, (seeds, secrets, steps)) in (2_u64..).zip(uploads) {
            let new = Content::new(number, seeds, secrets);
            upload(&mut bucket, &new, Some(&former), steps);
            let now = found(&bucket);
            prop_assert!(now == Some(number) || now == Some(former.manifest.version.number()), "{now:?}");
            if now == Some(number) {
                former = new;
            }
        }
    }
}
