//! What `secrets.tgz` may hold.

use std::fs;

use clawlets_instance_bundle::{ContentFault, secrets_in};
use clawlets_model::Secret;
use clawlets_secrets::{
    AgeIdentity, Bundle,
    sops::{Tree, seal},
};

/// The bundle of files, each encrypted to these.
fn bundle(secrets: &[(&str, &str)], readers: &[&AgeIdentity]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let recipients: Vec<_> = readers.iter().map(|identity| identity.recipient().clone()).collect();
    for (name, value) in secrets {
        let tree = Tree::single(name, &Secret::from(*value));
        let text = seal(&tree, &recipients, "2026-11-21T00:00:00Z".parse().unwrap()).unwrap();
        fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
    }
    Bundle::of_folder(folder.path()).unwrap().bytes
}

#[test]
fn encrypted_secrets_travel_and_their_readers_are_told() {
    let (host, operator, other) = (AgeIdentity::generate(), AgeIdentity::generate(), AgeIdentity::generate());
    // A key that is encrypted is a secret like any other.
    let pem = "-----BEGIN PRIVATE KEY-----";
    let archive = bundle(&[("discord_token_maren", "t"), ("github_app_pem", pem)], &[&host, &operator]);
    let readers = secrets_in(&archive).unwrap();
    assert_eq!(readers.secrets.len(), 2);
    let (host, other) = (host.recipient(), other.recipient());
    assert!(readers.recipients.contains(host.as_str()));
    readers.must_exclude([other.as_str()]).unwrap();
    assert!(matches!(
        readers.must_exclude([other.as_str(), host.as_str()]),
        Err(ContentFault::OtherHost { .. })
    ));
}

#[test]
fn a_readable_private_key_does_not_travel() {
    let host = AgeIdentity::generate();
    let archive = bundle(&[("discord_token_maren", "t")], &[&host]);
    let plain = clawlets_release::bundle::Bundle::parse(&archive).unwrap();
    let file = plain.files().next().unwrap();
    for mark in ["AGE-SECRET-KEY-1QQQ", "-----BEGIN OPENSSH PRIVATE KEY-----"] {
        let text = format!("# {mark}\n{}", String::from_utf8_lossy(file.bytes));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("discord_token_maren.yaml"), text).unwrap();
        let archive = Bundle::of_folder(folder.path()).unwrap().bytes;
        assert!(matches!(secrets_in(&archive), Err(ContentFault::PrivateKey { .. })), "{mark}");
    }
}

#[test]
fn what_is_no_archive_is_refused() {
    let host = AgeIdentity::generate();
    let archive = bundle(&[("discord_token_maren", "t")], &[&host]);
    for length in [0, 10, archive.len() / 2, archive.len() - 1] {
        assert!(matches!(secrets_in(&archive[..length]), Err(ContentFault::Archive(_))), "{length}");
    }
}
