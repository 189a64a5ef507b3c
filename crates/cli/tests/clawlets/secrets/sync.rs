//! Secrets travel to hosts: the real `ssh`, against an SSH server on loopback.

use std::{fs, process::Command};

use clawlets_stand_in::Ran;
use serde_json::json;

use super::place::Place;
use crate::{
    bench::clawlets_in,
    far_host::{Host, python},
};

fn sent_by(host: &Host, place: &Place, words: &[&str]) -> Ran {
    host.run(&mut place.command(words))
}

#[test]
fn a_host_gets_the_same_bytes_that_a_bundle_has() {
    let Some(python) = python("a_host_gets_the_same_bytes_that_a_bundle_has") else { return };
    let (place, secret) = Place::whole();
    let host = Host::start(&python);
    let set = |words: &[&str]| {
        let ran = clawlets_in(place.path(), words);
        assert_eq!(ran.code, Some(0), "{ran}");
    };

    let ran = sent_by(&host, &place, &["sync"]);
    assert_eq!(
        (ran.code, ran.fault().as_str()),
        (Some(7), "clawlets::host::unreachable"),
        "nobody said where"
    );
    set(&["host", "set", "--host", "web-1", "--target-host", "admin@127.0.0.1"]);
    set(&["fleet", "set", "--add-ssh-known-host", &host.known_host()]);

    let ran = sent_by(&host, &place, &["sync", "--dry-run", "--json"]);
    assert_eq!((ran.json()["isDryRun"].clone(), host.at("got").exists()), (json!(true), false), "{ran}");

    let bundle = host.at("bundle.tgz");
    let packed =
        place.run(&["bundle", "--host", "web-1", "--out", bundle.to_str().unwrap(), "--json"]).json();
    let ran = sent_by(&host, &place, &["sync", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(ran.json()["hosts"][0]["sha256"], packed["sha256"], "{ran}");
    assert_eq!(ran.json()["hosts"].as_array().unwrap().len(), 1, "the other host has no address: {ran}");
    assert_eq!(fs::read(host.at("got")).unwrap(), fs::read(&bundle).unwrap());
    let arguments = fs::read_to_string(host.at("got.arguments")).unwrap();
    assert_eq!(
        arguments.trim(),
        format!("secrets install --bundle - --sha256 {}", packed["sha256"].as_str().unwrap())
    );
    assert!(!String::from_utf8_lossy(&fs::read(host.at("got")).unwrap()).contains(&secret));

    fs::write(host.at("got.refuse"), "").unwrap();
    let ran = sent_by(&host, &place, &["sync"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::host::refused"), "{ran}");
    assert!(ran.talk.contains("no room"), "what the host said is passed on: {ran}");
}

#[test]
fn the_secrets_of_a_commit_are_sent_as_they_were() {
    let Some(python) = python("the_secrets_of_a_commit_are_sent_as_they_were") else { return };
    let (place, _) = Place::whole();
    let host = Host::start(&python);
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        git.arg("-C")
            .arg(place.path())
            .args(["-c", "user.name=a", "-c", "user.email=a@b.example"])
            .args(words);
        assert!(git.output().unwrap().status.success(), "{words:?}");
    };
    clawlets_in(place.path(), &["host", "set", "--host", "web-1", "--target-host", "127.0.0.1"]);
    clawlets_in(place.path(), &["fleet", "set", "--add-ssh-known-host", &host.known_host()]);
    git(&["init", "--quiet"]);
    git(&["add", "secrets"]);
    git(&["commit", "--quiet", "--message", "secrets"]);
    let sent = |words: &[&str]| {
        let ran = sent_by(&host, &place, words);
        assert_eq!(ran.code, Some(0), "{ran}");
        ran.json()["hosts"][0]["sha256"].as_str().unwrap().to_owned()
    };
    let before = sent(&["sync", "--json"]);
    let ran = place.run(&["rotate", "--value", "gateway_token", "--generate", "token:32"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_ne!(sent(&["sync", "--json"]), before);
    assert_eq!(sent(&["sync", "--json", "--rev", "HEAD"]), before);

    let ran = sent_by(&host, &place, &["sync", "--rev", "nowhere"]);
    assert_eq!(ran.fault(), "clawlets::git::failed", "{ran}");
    for rev in ["--upload-pack=x", "HEAD:secrets", ""] {
        assert_eq!(sent_by(&host, &place, &["sync", &format!("--rev={rev}")]).code, Some(2), "{rev}");
    }
}

#[test]
fn a_host_with_another_key_than_the_declared_one_gets_nothing() {
    let Some(python) = python("a_host_with_another_key_than_the_declared_one_gets_nothing") else { return };
    let (place, _) = Place::whole();
    let (host, other) = (Host::start(&python), Host::start(&python));
    let wrong = other.known_host().replace(&other.port.to_string(), &host.port.to_string());
    clawlets_in(place.path(), &["host", "set", "--host", "web-1", "--target-host", "127.0.0.1"]);
    clawlets_in(place.path(), &["fleet", "set", "--add-ssh-known-host", &wrong]);
    let ran = sent_by(&host, &place, &["sync"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::host::unreachable"), "{ran}");
    assert!(!host.at("got").exists());
}
