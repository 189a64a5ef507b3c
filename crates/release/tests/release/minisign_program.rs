//! Both directions against the `minisign` program: it verifies what we sign, and we verify what it signs.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use clawlets_model::Secret;
use clawlets_release::signature::{KeyFault, PublicKey, SecretKey, Signature, SignatureFault};

use crate::publisher::new_key;

const DOCUMENT: &[u8] = b"{\n  \"schemaVersion\": 1\n}\n";
const COMMENT: &str = "web-1/prod/1/7";

fn minisign(folder: &Path, arguments: &[&str]) -> Output {
    let program = Command::new("minisign").args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    program.expect("minisign can be started: scripts/setup --tests installs it")
}

/// A folder with a document and a key pair that the program made.
fn of_the_program() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("latest.json"), DOCUMENT).unwrap();
    let made = minisign(folder.path(), &["-G", "-W", "-p", "key.pub", "-s", "key"]);
    assert!(made.status.success(), "{made:?}");
    folder
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn the_program_verifies_what_we_sign() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let key = new_key();
    fs::write(path.join("latest.json"), DOCUMENT).unwrap();
    fs::write(path.join("latest.json.minisig"), key.sign(DOCUMENT, COMMENT)).unwrap();
    fs::write(path.join("key.pub"), key.public().to_file()).unwrap();
    for arguments in [
        &["-V", "-H", "-Q", "-p", "key.pub", "-m", "latest.json"][..],
        &["-V", "-H", "-Q", "-P", &key.public().to_string(), "-m", "latest.json"],
    ] {
        let verified = minisign(path, arguments);
        assert!(verified.status.success(), "{verified:?}");
        assert_eq!(String::from_utf8_lossy(&verified.stdout).trim(), COMMENT);
    }
    fs::write(path.join("latest.json"), b"{}").unwrap();
    assert!(!minisign(path, &["-V", "-p", "key.pub", "-m", "latest.json"]).status.success());
}

#[test]
fn we_verify_what_the_program_signs() {
    let folder = of_the_program();
    let path = folder.path();
    let signed = minisign(path, &["-S", "-W", "-s", "key", "-t", COMMENT, "-m", "latest.json"]);
    assert!(signed.status.success(), "{signed:?}");
    let key = PublicKey::parse(&read(path, "key.pub")).unwrap();
    let signature = Signature::parse(read(path, "latest.json.minisig").as_bytes()).unwrap();
    assert_eq!(signature.trusted_comment(), COMMENT);
    assert_eq!(key.verify(DOCUMENT, &signature), Ok(()));
    assert_eq!(key.verify(b"{}", &signature), Err(SignatureFault::DoesNotFit));
    let changed = read(path, "latest.json.minisig").replace("web-1", "web-2");
    let changed = Signature::parse(changed.as_bytes()).unwrap();
    assert_eq!(key.verify(DOCUMENT, &changed), Err(SignatureFault::DoesNotFit));
}

#[test]
fn signatures_of_the_programs_old_form_are_refused() {
    let folder = of_the_program();
    let signed = minisign(folder.path(), &["-S", "-l", "-W", "-s", "key", "-m", "latest.json"]);
    assert!(signed.status.success(), "{signed:?}");
    let signature = Signature::parse(read(folder.path(), "latest.json.minisig").as_bytes());
    assert_eq!(signature.unwrap_err(), SignatureFault::OldForm);
}

#[test]
fn the_programs_secret_keys_sign_here_and_ours_sign_there() {
    let folder = of_the_program();
    let path = folder.path();
    let public = PublicKey::parse(&read(path, "key.pub")).unwrap();
    let secret = SecretKey::parse(&Secret::new(read(path, "key")), None).unwrap();
    assert_eq!(secret.public(), public);
    let signature = Signature::parse(secret.sign(DOCUMENT, COMMENT).as_bytes()).unwrap();
    assert_eq!(public.verify(DOCUMENT, &signature), Ok(()));

    let ours = new_key();
    fs::write(path.join("ours"), ours.to_file().expose()).unwrap();
    let signed = minisign(path, &["-S", "-W", "-s", "ours", "-m", "latest.json"]);
    assert!(signed.status.success(), "{signed:?}");
    let signature = Signature::parse(read(path, "latest.json.minisig").as_bytes()).unwrap();
    assert_eq!(ours.public().verify(DOCUMENT, &signature), Ok(()));
    let again = SecretKey::parse(&ours.to_file(), None).unwrap();
    assert_eq!(again.public(), ours.public());
}

#[test]
fn a_key_with_a_password_is_opened_with_it_and_with_no_other() {
    use minisign::KeyPair;
    let pair = KeyPair::generate_encrypted_keypair(Some("correct horse".to_owned())).unwrap();
    let text = Secret::new(pair.sk.to_box(None).unwrap().into_string());
    let password = |word: &str| Secret::from(word);
    assert_eq!(SecretKey::parse(&text, None).unwrap_err(), KeyFault::NeedsPassword);
    let key = SecretKey::parse(&text, Some(&password("correct horse"))).unwrap();
    assert_eq!(key.public().to_string(), pair.pk.to_base64());
    assert_eq!(SecretKey::parse(&text, Some(&password("battery"))).unwrap_err(), KeyFault::WrongPassword);
}

#[test]
fn a_damaged_secret_key_is_noticed_and_never_printed() {
    let key = new_key();
    let text = key.to_file().expose().clone();
    let (comment, line) = text.trim_end().split_once('\n').unwrap();
    for at in [80, 100, 150, 200] {
        let mut line = line.to_owned().into_bytes();
        line[at] = if line[at] == b'A' { b'B' } else { b'A' };
        let damaged = Secret::new(format!("{comment}\n{}\n", String::from_utf8(line).unwrap()));
        assert_eq!(SecretKey::parse(&damaged, None).unwrap_err(), KeyFault::Damaged, "character {at}");
    }
    assert_eq!(SecretKey::parse(&Secret::from("hello"), None).unwrap_err(), KeyFault::NotSecret);
    assert_eq!(format!("{key:?}"), format!("SecretKey({}, <redacted>)", key.public().id()));
}
