//! Verbs for any SOPS file, and for the bundle.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use clawlets_secrets::AgeIdentity;
use clawlets_stand_in::Ran;
use serde_json::json;

use super::place::{Place, new_secret};
use crate::bench::{clawlets_in, command_in};

/// A key file, and its recipient.
fn key_in(folder: &Path) -> (String, String) {
    let identity = AgeIdentity::generate();
    let path = folder.join("key.txt");
    fs::write(&path, identity.to_file("2026-11-21T08:00:00Z".parse().unwrap()).expose()).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    (path.display().to_string(), identity.recipient().to_string())
}

#[test]
fn any_file_is_encrypted_and_decrypted_outside_of_a_project() {
    let folder = tempfile::tempdir().unwrap();
    let (key, recipient) = key_in(folder.path());
    let secret = new_secret();
    let text = format!("# a comment\nouter:\n    token: {secret}\n    port: 8080\nnote_unencrypted: seen\n");
    fs::write(folder.path().join("plain.yaml"), &text).unwrap();
    let encrypt = ["secrets", "encrypt", "plain.yaml", "--recipient", &recipient, "--out", "sealed.yaml"];
    let ran = clawlets_in(folder.path(), &encrypt);
    assert_eq!(ran.code, Some(0), "{ran}");
    let sealed = fs::read_to_string(folder.path().join("sealed.yaml")).unwrap();
    assert!(
        !sealed.contains(&secret)
            && !sealed.contains("a comment")
            && sealed.contains("note_unencrypted: seen")
    );
    let again = clawlets_in(folder.path(), &encrypt);
    assert_eq!((again.code, again.fault().as_str()), (Some(5), "clawlets::secrets::exists"), "{again}");

    let decrypt = ["secrets", "decrypt", "sealed.yaml", "--age-key-file", &key];
    let ran = Ran::revealing(&mut command_in(folder.path(), &decrypt));
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), text.as_str()));
    let ran = Ran::revealing(
        command_in(folder.path(), &["secrets", "decrypt", "sealed.yaml", "--json"])
            .env("SOPS_AGE_KEY_FILE", &key),
    );
    assert_eq!(ran.json(), json!({ "outer": { "token": secret, "port": 8080 }, "note_unencrypted": "seen" }));
}

#[test]
fn a_file_that_cannot_be_decrypted_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (key, recipient) = key_in(folder.path());
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("plain.yaml", "token: value-of-it\nother: second\n");
    let sealed =
        clawlets_in(folder.path(), &["secrets", "encrypt", "plain.yaml", "--recipient", &recipient]).out;
    write("sealed.yaml", &sealed);
    write(
        "changed.yaml",
        &sealed.lines().filter(|line| !line.starts_with("other:")).collect::<Vec<_>>().join("\n"),
    );
    write("readable.yaml", &format!("extra: readable\n{sealed}"));
    write("nonsense.yaml", "\tx");
    write("anchors.yaml", "a: &x 1\nb: *x\n");
    write("number.yaml", "n: 1e20\n");
    fs::write(folder.path().join("bytes.yaml"), [0xff, 0xfe]).unwrap();
    let other = tempfile::tempdir().unwrap();
    let (stranger, _) = key_in(other.path());
    for (words, code, fault) in [
        (vec!["decrypt", "sealed.yaml"], 3, "clawlets::secrets::no_key"),
        (vec!["decrypt", "sealed.yaml", "--age-key-file", &stranger], 6, "clawlets::secrets::closed"),
        (vec!["decrypt", "sealed.yaml", "--age-key-file", "plain.yaml"], 6, "clawlets::secrets::key_exposed"),
        (vec!["decrypt", "sealed.yaml", "--age-key-file", "none"], 3, "clawlets::secrets::unknown"),
        (vec!["decrypt", "changed.yaml", "--age-key-file", &key], 6, "clawlets::secrets::tampered"),
        (vec!["decrypt", "readable.yaml", "--age-key-file", &key], 6, "clawlets::secrets::tampered"),
        (vec!["decrypt", "plain.yaml", "--age-key-file", &key], 6, "clawlets::secrets::unreadable"),
        (vec!["decrypt", "nonsense.yaml", "--age-key-file", &key], 6, "clawlets::secrets::unreadable"),
        (vec!["decrypt", "bytes.yaml", "--age-key-file", &key], 6, "clawlets::secrets::unreadable"),
        (vec!["decrypt", "none.yaml", "--age-key-file", &key], 3, "clawlets::secrets::unknown"),
        (vec!["encrypt", "number.yaml", "--recipient", &recipient], 6, "clawlets::secrets::unreadable"),
        (vec!["encrypt", "anchors.yaml", "--recipient", &recipient], 6, "clawlets::secrets::unreadable"),
        (vec!["encrypt", "sealed.yaml", "--recipient", &recipient], 6, "clawlets::secrets::unreadable"),
        (vec!["encrypt", "plain.yaml", "--recipient", "age1nonsense"], 2, "clawlets::usage::value"),
        (vec!["encrypt", "plain.yaml"], 2, "clawlets::usage::arguments"),
    ] {
        let ran = clawlets_in(folder.path(), &[&["secrets"], words.as_slice()].concat());
        assert_eq!((ran.code, ran.fault().as_str()), (Some(code), fault), "{words:?}: {ran}");
        assert!(!ran.to_string().contains("value-of-it"), "{words:?}: {ran}");
    }
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let (place, _) = Place::whole();
    fs::set_permissions(place.key(), fs::Permissions::from_mode(0o640)).unwrap();
    let ran = place.run(&["verify"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::secrets::key_exposed"), "{ran}");
}

#[test]
fn a_bundle_is_the_same_each_time_and_tar_reads_it() {
    let (place, _) = Place::whole();
    let bundle = |out: &str| place.run(&["bundle", "--host", "web-1", "--out", out, "--json"]).json();
    let (one, two) = (bundle("one.tgz"), bundle("two.tgz"));
    assert_eq!((&one["sha256"], &one["size"]), (&two["sha256"], &two["size"]));
    assert_eq!(one["files"], json!(["admin_password_hash.yaml", "gateway_token.yaml", "z_ai_api_key.yaml"]));
    let listed = Ran::of(Command::new("tar").arg("-tzf").arg(place.path().join("one.tgz")));
    assert_eq!(listed.out.lines().count(), 3, "{listed}");
    fs::write(place.path().join("secrets/hosts/web-1/notes.txt"), "x").unwrap();
    let ran = place.run(&["bundle", "--host", "web-1", "--out", "three.tgz"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::secrets::unreadable"), "{ran}");
    assert!(!place.path().join("three.tgz").exists());
}

#[test]
fn who_can_read_a_file_is_told_by_name() {
    let (place, _) = Place::whole();
    let ran = place.run(&["who-can-read", "--json"]).json();
    let readers = |path: &str| {
        let file = ran["files"].as_array().unwrap().iter().find(|file| file["path"] == path).unwrap();
        file["readers"].as_array().unwrap().iter().map(|reader| reader["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(readers("secrets/hosts/web-1/z_ai_api_key.yaml"), ["operator ada", "host web-1"]);
    assert_eq!(readers("secrets/keys/hosts/web-1.agekey.yaml"), ["operator ada"]);
    let path = place.run(&["path", "z_ai_api_key", "--host", "web-2"]);
    assert_eq!(path.out.trim(), place.secret("web-2", "z_ai_api_key").display().to_string(), "{path}");
}
