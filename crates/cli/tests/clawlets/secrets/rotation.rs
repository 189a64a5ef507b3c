//! Changing who can read, and what.

use std::{
    fs,
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use clawlets_secrets::{AgeIdentity, sops::Sealed};
use serde_json::Value;

use super::place::{Place, new_secret};

/// How many files an identity opens.
fn opens(place: &Place, identity: &AgeIdentity) -> usize {
    let sealed = |path: &PathBuf| Sealed::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let files = place.encrypted();
    files.iter().filter(|path| sealed(path).open(std::slice::from_ref(identity)).is_ok()).count()
}

fn found(place: &Place) -> Vec<Value> {
    let document = place.run(&["verify", "--json"]).json();
    document["findings"].as_array().unwrap().iter().map(|finding| finding["id"].clone()).collect()
}

#[test]
fn an_operator_is_added_and_removed() {
    let (place, _) = Place::whole();
    let bea = AgeIdentity::generate();
    let add =
        ["rotate", "--operator", "add", "--name", "bea", "--recipient", bea.recipient().as_str(), "--json"];
    let ran = place.run(&add);
    let all = place.encrypted().len();
    assert_eq!(ran.json()["files"].as_array().unwrap().len(), all, "{ran}");
    assert_eq!((opens(&place, &bea), found(&place).len()), (all, 0));
    assert_eq!(place.run(&add).json()["files"].as_array().unwrap().len(), 0, "again changes nothing");

    let ran = place.run(&["rotate", "--operator", "remove", "--name", "bea"]);
    assert!(ran.code == Some(0) && ran.talk.contains("history"), "{ran}");
    assert_eq!((opens(&place, &bea), found(&place).len()), (0, 0));
    assert_eq!(opens(&place, &place.identity()), all);

    for (words, code, fault) in [
        (["--operator", "remove", "--name", "bea"], 3, "clawlets::secrets::unknown"),
        (["--operator", "remove", "--name", "ada"], 6, "clawlets::secrets::rules"),
        (["--operator", "add", "--name", "cyd"], 2, "clawlets::usage::arguments"),
    ] {
        let ran = place.run(&[&["rotate"], &words[..]].concat());
        assert_eq!((ran.code, ran.fault().as_str()), (Some(code), fault), "{words:?}: {ran}");
    }
    assert_eq!(opens(&place, &place.identity()), all);
}

#[test]
fn a_host_gets_a_new_key() {
    let (place, _) = Place::whole();
    let key = place.path().join(".clawlets/extra-files/web-1/var/lib/clawlets/keys/host.agekey");
    let identity = || AgeIdentity::parse_file(&fs::read_to_string(&key).unwrap()).unwrap().remove(0);
    let old = identity();
    assert_eq!(opens(&place, &old), 3);
    let ran = place.run(&["rotate", "--host-key", "--host", "web-1"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let new = identity();
    assert_eq!(ran.out.trim(), new.recipient().as_str());
    assert_eq!((opens(&place, &old), opens(&place, &new), found(&place).len()), (0, 3, 0));
}

#[test]
fn a_value_is_new_on_every_host() {
    let (place, old) = Place::whole();
    let value = new_secret();
    assert_eq!(place.fed(&value, &["rotate", "--value", "z_ai_api_key"]).code, Some(0));
    for host in ["web-1", "web-2"] {
        assert_eq!(place.value(host, "z_ai_api_key"), value);
    }
    assert_ne!(value, old);
    let ran = place.fed("CHANGE_ME", &["rotate", "--value", "z_ai_api_key"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::secrets::placeholder"), "{ran}");
    assert_eq!(found(&place).len(), 0);
}

/// How many files name a recipient.
fn named(place: &Place, recipient: &str) -> usize {
    let texts = place.encrypted().into_iter().filter_map(|path| fs::read_to_string(path).ok());
    texts.filter(|text| text.contains(recipient)).count()
}

#[test]
fn a_rotation_that_is_killed_is_found_and_goes_on() {
    let (place, _) = Place::whole();
    let all = place.encrypted().len();
    for kill_after in [1, all / 2, all - 1] {
        let bea = AgeIdentity::generate();
        let (name, recipient) = (format!("bea-{kill_after}"), bea.recipient().as_str());
        let words = ["rotate", "--operator", "add", "--name", &name, "--recipient", recipient];
        let mut child = place.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while named(&place, recipient) < kill_after && child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "the rotation hangs");
        }
        let _ = child.kill();
        child.wait().unwrap();

        // How far it came by then is chance; what is found must be true of it either way.
        let ids = found(&place);
        assert_eq!(ids.contains(&"secrets.readers".into()), opens(&place, &bea) < all, "{ids:?}");
        let ran = place.run(&["rotate"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert_eq!((opens(&place, &bea), found(&place).len()), (all, 0));
    }
    assert_eq!(opens(&place, &place.identity()), all);
}

#[test]
fn a_value_that_is_not_on_every_host_yet_is_found() {
    let (place, _) = Place::whole();
    let receipt = r#"{ "change": "value", "subject": "z_ai_api_key", "begun": "2026-11-21T08:00:00Z" }"#;
    fs::create_dir_all(place.path().join(".clawlets/receipts")).unwrap();
    fs::write(place.path().join(".clawlets/receipts/secrets-rotate.json"), receipt).unwrap();
    let value = new_secret();
    assert_eq!(place.fed(&value, &["set", "z_ai_api_key", "--host", "web-1"]).code, Some(0));
    assert_eq!(found(&place), ["secrets.unfinished", "secrets.differs"]);
    let ran = place.run(&["rotate"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::secrets::incomplete"), "{ran}");
    assert_eq!(place.fed(&value, &["rotate", "--value", "z_ai_api_key"]).code, Some(0));
    assert_eq!(found(&place).len(), 0);
}
