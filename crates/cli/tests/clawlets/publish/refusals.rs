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
    workshop.program("git", "env >>\"$0.environment\"; exec /usr/bin/git \"$@\"");
    let words = ["release", "publish", "--channel", "prod", "--toplevel", TOPLEVEL];
    let path = format!("{}:{}", workshop.beside("").display(), std::env::var("PATH").unwrap());
    for site in ["deploy", "gh-pages"] {
        let more = ["--private-key-env", "SIGNING_KEY", "--site", site];
        let mut command = workshop.command(&[&words[..], &more].concat());
        let ran = Ran::of(command.env("SIGNING_KEY", &key).env("PATH", &path));
        assert_eq!(ran.code, Some(0), "{ran}");
    }
    for program in ["nix", "git"] {
        let seen = fs::read_to_string(workshop.beside(&format!("{program}.environment"))).unwrap();
        assert!(seen.contains("HOME=") && !seen.contains("SIGNING_KEY"), "{program}: {seen}");
    }
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

#[test]
fn a_number_that_nobody_signed_leads_nowhere() {
    let workshop = Workshop::stocked();
    workshop.published(&[]);
    let site = workshop.path().join("deploy/web-1/prod");
    let text = fs::read_to_string(site.join("1.json")).unwrap();
    let last = text.replace("\"releaseId\": 1,", "\"releaseId\": 9007199254740990,");
    let far =
        text.replace("\"epoch\": 0,", "\"epoch\": 1,").replace("\"releaseId\": 1,", "\"releaseId\": 2,");
    for (name, text) in [("9007199254740990.json", last), ("2.json", far)] {
        assert_ne!(text, fs::read_to_string(site.join("1.json")).unwrap());
        fs::write(site.join(name), &text).unwrap();
        let ran = workshop.publish(&["--toplevel", TOPLEVEL]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::release::unsigned"), "{ran}");
        assert!(ran.talk.contains(name), "{ran}");
        assert!(!site.join(format!("{name}.minisig")).exists());
        fs::remove_file(site.join(name)).unwrap();
    }
    assert_eq!(workshop.published(&["--rev", &"3".repeat(40)])["release"], "web-1/prod/0/2");
    // One that a key of ours signed counts, wherever it is.
    fs::write(site.join("40.json"), text.replace("\"releaseId\": 1,", "\"releaseId\": 40,")).unwrap();
    workshop.ok(&[
        "release",
        "sign",
        "--in",
        "deploy/web-1/prod/40.json",
        "--private-key-file",
        &workshop.key(),
    ]);
    assert_eq!(workshop.published(&["--rev", &"4".repeat(40)])["release"], "web-1/prod/0/41");
}

#[test]
fn the_times_of_a_release_that_nobody_signed_are_not_signed() {
    let workshop = Workshop::stocked();
    let wave = ["--toplevel", TOPLEVEL, "--wave", "1h:5"];
    let begin = [&["release", "publish", "--channel", "prod", "--prepare"], &wave[..]].concat();
    workshop.ok(&begin);
    let path = workshop.path().join("deploy/web-1/prod/1.json");
    let text = fs::read_to_string(&path).unwrap();
    let started = workshop.document("1.json")["wave"]["startsAt"].as_str().unwrap().to_owned();
    for other in ["2000-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
        fs::write(
            &path,
            text.replace(&format!("\"startsAt\": \"{started}\""), &format!("\"startsAt\": \"{other}\"")),
        )
        .unwrap();
        assert_eq!(workshop.document("1.json")["wave"]["startsAt"], other);
        let again = workshop.ok(&[&begin[..], &["--json", "--dry-run"]].concat());
        assert_eq!(again.json()["release"], "web-1/prod/0/2", "{other}");
    }
    fs::write(&path, text).unwrap();
    assert_eq!(workshop.ok(&[&begin[..], &["--json"]].concat()).json()["release"], "web-1/prod/0/1");
}

#[test]
fn a_link_in_the_site_is_not_followed() {
    let workshop = Workshop::stocked();
    let elsewhere = workshop.beside("elsewhere");
    fs::create_dir_all(elsewhere.join("prod")).unwrap();
    let host = workshop.path().join("deploy/web-1");
    for place in ["", "prod", "prod/latest.json", "prod/secrets"] {
        let link = host.join(place);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        let link = link.to_str().unwrap().trim_end_matches('/');
        std::os::unix::fs::symlink(&elsewhere, link).unwrap();
        let ran = workshop.publish(&["--toplevel", TOPLEVEL]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::release::unreadable"), "{ran}");
        assert_eq!(fs::read_dir(elsewhere.join("prod")).unwrap().count(), 0, "{place}");
        fs::remove_file(link).unwrap();
    }
    workshop.published(&[]);
}

#[test]
fn a_cache_that_does_not_answer_is_not_one_that_lacks_something() {
    let workshop = Workshop::scripted("echo 'error: unable to download' >&2; exit 1");
    let ran = workshop.publish(&["--toplevel", TOPLEVEL]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::release::cache_silent"), "{ran}");
    assert!(!workshop.path().join("deploy").exists());
}
