//! What is refused, and where the key is.

use std::fs;

use clawlets_stand_in::{Ran, never_said};

use super::workshop::{TOPLEVEL, Workshop};

#[test]
fn other_programs_do_not_find_the_key_in_their_environment() {
    let workshop = Workshop::scripted(
        r#"env >>"$0.environment"
        case "$*" in
          *path-info*) printf '[{"path":"%s","references":[]}]' "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-nixos-system-web-1" ;;
        esac"#,
    );
    let key = fs::read_to_string(workshop.beside("key")).unwrap();
    never_said(key.lines().nth(1).unwrap());
    let words = ["release", "publish", "--channel", "prod", "--toplevel", TOPLEVEL];
    let mut command = workshop.command(&[&words[..], &["--private-key-env", "SIGNING_KEY"]].concat());
    let ran = Ran::of(command.env("SIGNING_KEY", &key));
    assert_eq!(ran.code, Some(0), "{ran}");
    let seen = fs::read_to_string(workshop.beside("nix.environment")).unwrap();
    assert!(seen.contains("HOME=") && !seen.contains("SIGNING_KEY"), "{seen}");
    assert_eq!(workshop.seen_by_hosts(), 1);
}

#[test]
fn without_a_key_nothing_is_begun() {
    let workshop = Workshop::scripted("touch \"$0.ran\"");
    let ran = workshop.run(&["release", "publish", "--channel", "prod", "--toplevel", TOPLEVEL]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
    assert!(!workshop.beside("nix.ran").exists());
    let both = workshop.publish(&["--toplevel", TOPLEVEL, "--prepare"]);
    assert_eq!(both.code, Some(2), "what is only prepared needs no key: {both}");
}

#[test]
fn a_secret_that_is_not_committed_stops_it() {
    let workshop = Workshop::stocked();
    fs::write(workshop.path().join("secrets/hosts/web-1/new.yaml"), "a: b\n").unwrap();
    let ran = workshop.publish(&["--toplevel", TOPLEVEL]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::release::uncommitted"), "{ran}");
    workshop.commit();
    let ran = workshop.publish(&["--toplevel", TOPLEVEL]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::secrets::unreadable"), "{ran}");
    assert!(!workshop.path().join("deploy").exists());
}

#[test]
fn two_do_not_publish_at_once() {
    let workshop = Workshop::stocked();
    workshop.published(&[]);
    let folder = fs::File::open(workshop.path().join("deploy/web-1")).unwrap();
    folder.lock().unwrap();
    let ran = workshop.publish(&["--toplevel", TOPLEVEL]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(4), "clawlets::release::busy"), "{ran}");
    folder.unlock().unwrap();
    workshop.published(&[]);
}

#[test]
fn a_release_says_what_the_host_declares() {
    let workshop = Workshop::stocked();
    workshop.ok(&[
        "config",
        "set",
        "hosts.web-1.selfUpdate.health",
        r#"{"units":["nginx.service"],"probation":"3m"}"#,
    ]);
    workshop.commit();
    workshop.published(&["--wave", "1h:5%", "--wave", "1d:100", "--declared-caches"]);
    let manifest = workshop.document("1.json");
    assert_eq!(manifest["health"]["checks"][0]["unit"], "nginx.service", "{manifest}");
    assert_eq!(manifest["health"]["probation"], "3m");
    assert_eq!(manifest["wave"]["steps"][1]["percent"], 100);
    assert_eq!(manifest["cache"]["substituters"][0], "https://cache.nixos.org");
    workshop.published(&["--without-health"]);
    let manifest = workshop.document("2.json");
    assert!(manifest["health"].is_null() && manifest["wave"].is_null() && manifest["cache"].is_null());
    for wrong in ["1h", "1h:0", "1h:101", "x:5"] {
        assert_eq!(workshop.publish(&["--toplevel", TOPLEVEL, "--wave", wrong]).code, Some(2), "{wrong}");
    }
}
