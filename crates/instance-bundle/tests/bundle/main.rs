//! Manifests, what makes them believable, what travels, and the order of storing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod content;
mod manifest;
mod storing;
mod verifying;

use clawlets_instance_bundle::{BundleFile, BundleVersion, Manifest};
use clawlets_model::HostName;
use clawlets_release::{signature::SecretKey, value::Sha256Digest};
use zeroize::Zeroizing;

fn key(name: u8) -> SecretKey {
    SecretKey::from_seed(&Zeroizing::new([name; 32]), [name; 8])
}

fn instance(name: &str) -> HostName {
    HostName::parse(name).unwrap()
}

fn version(number: u64) -> BundleVersion {
    BundleVersion::new(number).unwrap()
}

fn manifest(name: &str, number: u64, seeds: &[u8], secrets: &[u8]) -> Manifest {
    let files =
        [(BundleFile::RepoSeeds, Sha256Digest::of(seeds)), (BundleFile::Secrets, Sha256Digest::of(secrets))];
    Manifest::new(instance(name), version(number), files)
}
