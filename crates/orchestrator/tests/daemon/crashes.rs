//! A daemon that is killed without warning, and the one that comes after it.

use serde_json::json;

use crate::support::{Daemon, Guest, Mishap, Provider, Site, finished, spawn_request};

fn ended_once(daemon: &Daemon, job: &str) {
    let events = daemon.events(job);
    assert_eq!(events.iter().filter(|event| *event == "ended").count(), 1, "{events:?}");
}

#[test]
fn killed_while_the_vm_boots() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    daemon.wait_for(&job, "phase", "booting");
    daemon.kill();
    let daemon = site.start();
    Guest::at_work(&site, &birth).report(&finished()).ok();
    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["attempt"]), (&json!("done"), &json!(1)));
    ended_once(&daemon, &job);
    provider.wait_until_empty();
    assert_eq!(provider.births(), 1);
}

#[test]
fn killed_while_the_task_runs() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let mut guest = Guest::at_work(&site, &birth);
    guest.say(0, &["before"]).ok();
    daemon.kill();
    let daemon = site.start();
    let mut guest = guest.again(&site, birth.server_id);
    assert_eq!(guest.beat("running").ok().json()["next"], 1);
    guest.say(1, &["after"]).ok();
    guest.report(&finished()).ok();
    let ended = daemon.wait_for_end(&job);
    assert_eq!(ended["status"], "done");
    ended_once(&daemon, &job);
    provider.wait_until_empty();
    let logs = daemon.get(&format!("/v1/jobs/{job}/logs")).ok().text();
    assert_eq!(logs.lines().count(), 2, "{logs}");
}

#[test]
fn killed_between_the_request_for_a_vm_and_its_answer() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    provider.on_create(Mishap::Hangs);
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    assert_eq!(daemon.job(&job)["serverId"], json!(null));
    daemon.kill();
    let daemon = site.start();
    daemon.wait_for(&job, "serverId", birth.server_id);
    Guest::at_work(&site, &birth).report(&finished()).ok();
    daemon.wait_for_end(&job);
    ended_once(&daemon, &job);
    provider.wait_until_empty();
    assert_eq!(provider.births(), 1);
}

#[test]
fn killed_before_the_request_for_a_vm_arrived() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    provider.on_create(Mishap::Hangs);
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    daemon.kill();
    // As if the request had been lost on its way.
    provider.remove(birth.server_id);
    let daemon = site.start();
    Guest::at_work(&site, &provider.birth(1)).report(&finished()).ok();
    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["attempt"]), (&json!("done"), &json!(2)));
    ended_once(&daemon, &job);
    provider.wait_until_empty();
}

#[test]
fn killed_before_the_vm_was_deleted() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    provider.on_delete(Mishap::Refused(403, "protected"));
    guest.report(&finished()).ok();
    daemon.wait_for(&job, "vm", "deleting");
    daemon.kill();
    assert_eq!(provider.servers().len(), 1);
    let daemon = site.start();
    daemon.wait_for_end(&job);
    ended_once(&daemon, &job);
    provider.wait_until_empty();
}

#[test]
fn a_lost_store_leaves_no_vm() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[reaper]\ninterval = \"1s\"\nunowned_grace = \"1s\"\n");
    let daemon = site.start();
    daemon.enqueue(&spawn_request(json!({})));
    provider.birth(0);
    daemon.kill();
    std::fs::remove_dir_all(site.path("store")).unwrap();
    let _daemon = site.start();
    provider.wait_until_empty();
}

#[test]
fn a_vm_that_appears_after_all_is_deleted() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[reaper]\ninterval = \"1s\"\nunowned_grace = \"1s\"\n");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    Guest::at_work(&site, &birth).report(&finished()).ok();
    daemon.wait_for_end(&job);
    let expires = (jiff::Timestamp::now().as_second() + 600).to_string();
    let labels = json!({
        "managed-by": "clawlets", "cattle": "true", "orchestrator": "test-1", "job-id": job, "attempt": "1",
        "expires-at": expires,
    });
    provider.add_server(5_000, &birth.name, &labels, "2026-01-01T00:00:00Z");
    provider.wait_until_empty();
}
