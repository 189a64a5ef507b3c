//! `clf-orchestrator sweep`: what a timer runs, so that no VM outlives its time when the daemon is dead.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::{Mishap, Provider, Site, spawn_request};

const OLD: &str = "2026-01-01T00:00:00Z";

fn labels(orchestrator: &str, expires_at: &str) -> Value {
    json!({
        "managed-by": "clawlets", "cattle": "true", "orchestrator": orchestrator,
        "job-id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "attempt": "1", "expires-at": expires_at,
    })
}

/// A second so far from now, as text.
fn from_now(seconds: i64) -> String {
    (jiff::Timestamp::now().as_second() + seconds).to_string()
}

fn sweep(site: &Site, more: &[&str]) -> Output {
    let mut command: Command = site.command();
    command.arg("sweep").args(more).output().unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn names(provider: &Provider) -> Vec<String> {
    provider.servers().iter().map(|server| server["name"].as_str().unwrap().to_owned()).collect()
}

fn deleted(report: &Value) -> Vec<&str> {
    report["deleted"].as_array().unwrap().iter().map(|vm| vm["name"].as_str().unwrap()).collect()
}

#[test]
fn a_dead_daemons_vms_go_when_their_time_is_over_and_not_before() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    for (id, name, labels) in [
        (1, "ours-expired", labels("test-1", &from_now(-1))),
        (2, "ours-malformed", labels("test-1", "soon")),
        (3, "ours-live-of-a-job-that-nobody-knows", labels("test-1", &from_now(60))),
        (4, "theirs-live", labels("other", &from_now(60))),
        (5, "theirs-just-expired", labels("other", &from_now(-60))),
        (6, "theirs-long-expired", labels("other", &from_now(-3_600))),
    ] {
        provider.add_server(id, name, &labels, OLD);
    }
    provider.set_status(3, "off");
    let doomed = ["ours-expired", "ours-malformed", "theirs-long-expired"];

    let dry = sweep(&site, &["--json", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{dry:?}");
    assert_eq!((&report(&dry)["dryRun"], &report(&dry)["seen"]), (&json!(true), &json!(6)));
    assert_eq!(deleted(&report(&dry)), doomed);
    assert_eq!(provider.servers().len(), 6);

    let done = sweep(&site, &["--json"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(deleted(&report(&done)), doomed);
    let kept = ["ours-live-of-a-job-that-nobody-knows", "theirs-live", "theirs-just-expired"];
    assert_eq!(names(&provider), kept);
    // It made nothing: neither store nor socket.
    assert!(!site.path("store").exists() && !site.path("run").exists());

    let again = sweep(&site, &[]);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "VMs seen: 3, deleted: 0, not deleted: 0\n");
}

#[test]
fn a_sweep_runs_beside_the_daemon_and_leaves_its_vms_alone() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    daemon.wait_for(&job, "phase", "booting");
    provider.add_server(7, "theirs-long-expired", &labels("other", &from_now(-3_600)), OLD);
    let done = sweep(&site, &["--json"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(names(&provider), [birth.name]);
    assert_eq!(daemon.job(&job)["status"], "running");
}

#[test]
fn what_could_not_be_deleted_is_told_and_the_rest_is_deleted() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    for (id, name) in [(1, "stuck"), (2, "goes")] {
        provider.add_server(id, name, &labels("test-1", &from_now(-5)), OLD);
    }
    provider.on_delete(Mishap::Refused(403, "protected"));
    let done = sweep(&site, &["--json"]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    assert_eq!(deleted(&report(&done)), ["goes"]);
    assert_eq!(report(&done)["failed"][0]["name"], "stuck");
    assert_eq!(sweep(&site, &[]).status.code(), Some(0));
    assert!(provider.servers().is_empty());
}

#[test]
fn without_a_list_or_a_configuration_a_sweep_fails_as_the_daemon_would() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    site.configure(&site.config().replace("/v1\"", "/nothing-here\""));
    let without_list = sweep(&site, &["--json"]);
    assert_eq!(without_list.status.code(), Some(7), "{without_list:?}");
    site.configure("nonsense = 1\n");
    assert_eq!(sweep(&site, &[]).status.code(), Some(78));
}
