//! One look after the other, each by a process of its own.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use clawlets_model::host_status::{Health, HostStatus};
use clawlets_release::{document::Check, update::Probe};

use crate::site::{CUT_OFF, HEALTHY, Host, maren};

#[test]
fn a_host_that_is_well_says_so() {
    let host = Host::new();
    let run = host.once();
    assert_eq!((run.code(), run.talk().as_str()), (0, ""));
    let status: HostStatus = serde_json::from_str(&run.out()).unwrap();
    assert_eq!((status.health, maren(&status).health), (Health::Healthy, Health::Healthy));
    assert_eq!(maren(&status).last_inbound_at.unwrap().as_millisecond(), 1_795_262_030_000);
    let written: HostStatus = serde_json::from_str(&host.text("watch/status.json")).unwrap();
    assert_eq!(written, status);
    assert_eq!(host.restarts(), 0);
    let text = clawlets_tests::Run::of(&mut host.command(&["--once"])).succeeds();
    assert!(text.starts_with("web-1 is healthy, with 1 bot\n"), "{text}");
}

#[test]
fn a_silent_bot_is_started_anew_within_bounds_by_whichever_process_looks() {
    let host = Host::new();
    host.write("health", "the gateway fell over");
    let status = host.looks_at(10_000);
    assert_eq!(maren(&status).findings, ["its gateway does not answer"]);
    assert_eq!(host.restarts(), 0, "it may be a hiccup");
    for now in (10_060..13_500).step_by(60) {
        host.looks_at(now);
    }
    assert_eq!(host.restarts(), 3);
    let status = host.looks_at(13_500);
    assert_eq!(maren(&status).restarts, 3);
    assert!(maren(&status).findings[1].contains("is left to a person"), "{status:?}");
    let forgets = host.text("orders").lines().filter(|order| order.starts_with("reset-failed")).count();
    assert_eq!(forgets, 3, "a service that hit its start limit is not refused");

    host.write("health", HEALTHY);
    assert_eq!(host.looks_at(13_560).health, Health::Healthy);
}

#[test]
fn a_gateway_that_refuses_its_configuration_is_never_started_anew() {
    let host = Host::new();
    host.unit("failed", 78);
    for now in (10_000..20_000).step_by(900) {
        let status = host.looks_at(now);
        assert!(maren(&status).findings[0].contains("exit 78"), "{status:?}");
    }
    assert_eq!(host.text("orders"), "");
    host.unit("failed", 1);
    host.looks_at(20_000);
    host.looks_at(20_180);
    assert_eq!(host.restarts(), 1, "another end is another matter");
}

#[test]
fn a_bot_that_comes_up_or_was_stopped_is_left_alone() {
    let host = Host::new();
    host.write("first", "exit 1");
    for (active, up_for, expected) in [
        ("activating", 10_000, Health::Starting),
        ("inactive", 10_000, Health::Stopped),
        // It runs for 100 seconds.
        ("active", 160, Health::Starting),
    ] {
        host.unit(active, 0);
        host.looks_at(up_for);
        let status = host.looks_at(up_for + 200);
        assert_eq!(maren(&status).health, expected, "{active}");
        assert_ne!(status.health, Health::Unhealthy);
    }
    assert_eq!(host.text("orders"), "");
}

#[test]
fn a_bot_is_left_alone_while_an_update_is_proven() {
    let host = Host::new();
    host.write("health", "nothing");
    fs::create_dir(host.path("updates")).unwrap();
    let say = |phase: &str| {
        let status = format!(r#"{{"phase": "{phase}", "currentRelease": {{"epoch": 1, "releaseId": 7}}}}"#);
        host.write("updates/status.json", &status);
    };
    say("probation");
    host.looks_at(10_000);
    let status = host.looks_at(11_000);
    assert_eq!((status.update.as_deref(), status.release.as_deref()), (Some("probation"), Some("1/7")));
    assert_eq!((status.health, host.restarts()), (Health::Unhealthy, 0));
    say("idle");
    host.looks_at(11_060);
    assert_eq!(host.restarts(), 1);
}

#[test]
fn another_boot_begins_anew() {
    let host = Host::new();
    host.write("health", "nothing");
    host.looks_at(10_000);
    host.write("boot-id", &"2".repeat(32));
    host.looks_at(10_200);
    assert_eq!(host.restarts(), 0, "how long it was sick in another boot says nothing");
}

#[test]
fn what_is_wrong_with_the_host_is_a_finding() {
    let host = Host::new();
    host.write("github.env", "GITHUB_TOKEN=x\n");
    let file = fs::File::options().write(true).open(host.path("github.env")).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(7_200)).unwrap();
    host.configure("memory_is_mount = true");
    let run = host.once();
    assert_eq!(run.code(), 1, "{}", run.talk());
    let status: HostStatus = serde_json::from_str(&run.out()).unwrap();
    assert!(status.findings[0].ends_with("/memory is not there"), "{status:?}");
    assert_eq!(status.findings[1], "its GitHub token is 120 minutes old and is not renewed");
    assert!(status.token_age_seconds.unwrap() >= 7_200);
    assert!(!run.out().contains("GITHUB_TOKEN"));

    fs::create_dir(host.path("memory")).unwrap();
    let status = host.looks_at(10_000);
    assert!(status.findings[0].ends_with("/memory is not mounted"), "{status:?}");
    host.configure("");
    let status = host.looks_at(10_000);
    assert!(status.memory_latency_ms.is_some());
}

#[test]
fn a_bot_that_should_have_a_token_and_has_none_is_a_finding_and_no_cause_to_start_it_anew() {
    let host = Host::new();
    let config = host.text("host.toml");
    host.write("host.toml", &config.replace("app_id = 0", "app_id = 4711"));
    host.looks_at(10_000);
    let status = host.looks_at(20_000);
    assert_eq!(maren(&status).findings, ["it has no GitHub token"]);
    assert_eq!((maren(&status).health, host.restarts()), (Health::Unhealthy, 0));
    host.write("maren.env", "GITHUB_TOKEN=x\n");
    assert_eq!(host.looks_at(20_060).health, Health::Healthy);
}

#[test]
fn nothing_is_started_anew_that_could_not_be_remembered() {
    let host = Host::new();
    host.write("health", "nothing");
    host.looks_at(10_000);
    fs::remove_file(host.path("watch/memo.json")).unwrap();
    fs::create_dir(host.path("watch/memo.json")).unwrap();
    host.has_been_up_for(10_500);
    let run = host.once();
    assert_eq!(run.code(), 7, "{}", run.talk());
    assert!(run.talk().contains("failed to write"), "{}", run.talk());
    let status: HostStatus = serde_json::from_str(&run.out()).unwrap();
    assert!(status.findings[0].ends_with("/watch cannot be written"), "{status:?}");
    assert_eq!(host.restarts(), 0);
}

#[test]
fn the_gate_of_an_update_reads_gateways_as_the_watch_does() {
    let host = Host::new();
    let config = clawlets_host::config::load(&host.path("host.toml")).unwrap();
    let looker =
        clawlets_host::health::Looker { settings: config.health, paths: config.paths, is_over: false.into() };
    let check = r#"{"kind": "gateway", "need": "required", "grace": "1s", "deadline": "20s"}"#;
    let check: Check = serde_json::from_str(check).unwrap();
    for (health, expected) in [
        (HEALTHY, Probe::Healthy),
        (CUT_OFF, Probe::Failed),
        (r#"{"status": "starting", "startupPhase": "channels"}"#, Probe::Failed),
        (
            r#"{"ok": true, "channels": {"telegram": {"lifecycle": "blocked", "running": false}}}"#,
            Probe::Failed,
        ),
        ("", Probe::Failed),
    ] {
        host.write("health", health);
        assert_eq!(clawlets_host::health::probe(&check, &looker), expected, "{health}");
    }
}
