//! Providers and VMs that do not do what they should.

use serde_json::json;

use crate::support::{Guest, Mishap, Provider, Site, finished, spawn_request};

#[test]
fn a_vm_that_never_calls_is_deleted_and_tried_again_and_then_the_job_fails() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[cattle]\nboot_timeout = \"1s\"\n");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({ "maxAttempts": 2 })));
    let ended = daemon.wait_for(&job, "status", "failed");
    assert_eq!((&ended["reason"], &ended["attempt"]), (&json!("boot-failed"), &json!(2)));
    assert_eq!(provider.births(), 2);
    assert_ne!(provider.birth(0).name, provider.birth(1).name);
    daemon.wait_for_end(&job);
    provider.wait_until_empty();
    assert_eq!(Guest::of(&site, &provider.birth(0)).redeem(1).status, 401, "its token is worth nothing");
}

#[test]
fn a_provider_without_room_fails_the_job_with_capacity() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    provider.on_create(Mishap::Refused(412, "resource_unavailable"));
    let job = daemon.enqueue(&spawn_request(json!({ "maxAttempts": 1 })));
    let ended = daemon.wait_for(&job, "status", "failed");
    assert_eq!((&ended["reason"], &ended["vm"]), (&json!("capacity"), &json!("gone")));
    assert_eq!(provider.births(), 0);
}

#[test]
fn a_create_whose_answer_was_lost_is_adopted_and_not_repeated() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    provider.on_create(Mishap::LostAnswer);
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    daemon.wait_for(&job, "serverId", birth.server_id);
    Guest::at_work(&site, &birth).report(&finished()).ok();
    assert_eq!(daemon.wait_for_end(&job)["status"], "done");
    assert_eq!(provider.births(), 1);
}

#[test]
fn a_deletion_that_fails_is_tried_until_the_vm_is_gone() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    provider.on_delete(Mishap::Refused(403, "protected"));
    guest.report(&finished()).ok();
    assert_eq!(daemon.wait_for(&job, "vm", "deleting")["status"], "done", "the result does not wait for it");
    daemon.wait_for_end(&job);
    provider.wait_until_empty();
    assert!(daemon.events(&job).iter().any(|event| event == "provider"));
}

#[test]
fn a_vm_that_disappears_or_powers_off_loses_its_job() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[cattle]\nsilence = \"5s\"\n");
    let daemon = site.start();
    let (first, second) =
        (daemon.enqueue(&spawn_request(json!({}))), daemon.enqueue(&spawn_request(json!({}))));
    let (one, two) = (provider.birth(0), provider.birth(1));
    let guests = [Guest::at_work(&site, &one), Guest::at_work(&site, &two)];
    provider.remove(one.server_id);
    provider.set_status(two.server_id, "off");
    for job in [&first, &second] {
        let ended = daemon.wait_for(job, "vm", "gone");
        assert_eq!((&ended["status"], &ended["reason"]), (&json!("failed"), &json!("lost")));
    }
    provider.wait_until_empty();
    drop(guests);
}

#[test]
fn a_silent_guest_whose_vm_runs_is_not_given_up_at_once() {
    let provider = Provider::start();
    let site = Site::new(&provider, "[cattle]\nsilence = \"5s\"\nlost_after = \"12s\"\n");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let guest = Guest::at_work(&site, &birth);
    let ended = daemon.wait_for(&job, "status", "failed");
    assert_eq!(ended["reason"], "lost");
    assert!(ended["message"].as_str().unwrap().contains("said nothing"), "{ended}");
    drop(guest);
}

#[test]
fn a_vm_is_deleted_when_its_time_is_over() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({ "payload": { "ttl": "1m" } })));
    let birth = provider.birth(0);
    let mut guest = Guest::at_work(&site, &birth);
    let ended = crate::support::until_within("the TTL is over", 90, || {
        guest.beat("running");
        let job = daemon.job(&job);
        (job["vm"] == "gone").then_some(job)
    });
    assert_eq!((&ended["status"], &ended["reason"]), (&json!("failed"), &json!("ttl")));
    provider.wait_until_empty();
}
