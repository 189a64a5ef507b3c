//! A provider without room: other types, other locations, and in the end the truth.

use serde_json::{Value, json};

use crate::support::{Guest, Mishap, Provider, Site, finished, spawn_request, until};

const FALLBACK: &str = "[cattle]\nfallback_server_types = [\"cpx22\"]\nfallback_locations = [\"fsn1\"]\n";
const SOLD_OUT: Mishap = Mishap::Refused(412, "resource_unavailable");

fn place(body: &Value) -> (String, String) {
    let text = |key: &str| body[key].as_str().unwrap().to_owned();
    (text("server_type"), text("location"))
}

/// Waits until the daemon has read what the provider sells, so that a test can count on it.
fn wait_for_catalogue(provider: &Provider) {
    until("the catalogue is read", || {
        provider.requests().iter().any(|one| one.ends_with("/pricing")).then_some(())
    });
}

#[test]
fn types_are_tried_before_locations_within_the_same_attempt() {
    let provider = Provider::start();
    let site = Site::new(&provider, FALLBACK);
    let daemon = site.start();
    wait_for_catalogue(&provider);
    for _ in 0..3 {
        provider.on_create(SOLD_OUT);
    }
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let places: Vec<_> = provider.refused().iter().map(place).collect();
    let expected = [("cx23", "nbg1"), ("cpx22", "nbg1"), ("cx23", "fsn1")];
    assert_eq!(places, expected.map(|(kind, at)| (kind.to_owned(), at.to_owned())));
    assert_eq!(place(&birth.body), ("cpx22".to_owned(), "fsn1".to_owned()));
    let names: Vec<_> = provider.refused().iter().map(|body| body["name"].clone()).collect();
    assert!(names.iter().all(|name| *name == birth.name.as_str()), "one name: {names:?}");
    Guest::at_work(&site, &birth).report(&finished()).ok();
    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["attempt"]), (&json!("done"), &json!(1)));
    assert_eq!(daemon.events(&job).iter().filter(|event| *event == "provider").count(), 3);

    let next = daemon.enqueue(&spawn_request(json!({})));
    assert_eq!(place(&provider.birth(1).body).1, "fsn1", "what was sold out a moment ago is not asked first");
    Guest::at_work(&site, &provider.birth(1)).report(&finished()).ok();
    daemon.wait_for_end(&next);
    assert_eq!(provider.refused().len(), 3);
}

#[test]
fn a_provider_without_any_room_ends_the_job_as_capacity() {
    let provider = Provider::start();
    let site = Site::new(&provider, FALLBACK);
    let daemon = site.start();
    wait_for_catalogue(&provider);
    for _ in 0..4 {
        provider.on_create(SOLD_OUT);
    }
    let job = daemon.enqueue(&spawn_request(json!({ "maxAttempts": 1 })));
    let ended = daemon.wait_for(&job, "status", "failed");
    assert_eq!((&ended["reason"], &ended["attempt"]), (&json!("capacity"), &json!(1)));
    assert!(ended["message"].as_str().unwrap().contains("out of capacity"), "{ended}");
    assert_eq!((provider.refused().len(), provider.births()), (4, 0));
}

#[test]
fn what_a_spawn_names_has_no_fallback() {
    let provider = Provider::start();
    let site = Site::new(&provider, FALLBACK);
    let daemon = site.start();
    wait_for_catalogue(&provider);
    for _ in 0..2 {
        provider.on_create(SOLD_OUT);
    }
    let named = json!({ "maxAttempts": 1, "payload": { "serverType": "cx23" } });
    let job = daemon.enqueue(&spawn_request(named));
    assert_eq!(daemon.wait_for(&job, "status", "failed")["reason"], "capacity");
    let places: Vec<_> = provider.refused().iter().map(place).collect();
    let expected = [("cx23", "nbg1"), ("cx23", "fsn1")];
    assert_eq!(places, expected.map(|(kind, at)| (kind.to_owned(), at.to_owned())));
}

#[test]
fn a_place_that_runs_out_while_the_vm_is_made_is_left_for_another() {
    let provider = Provider::start();
    let site = Site::new(&provider, FALLBACK);
    let daemon = site.start();
    wait_for_catalogue(&provider);
    provider.on_create(Mishap::Fails("resource_unavailable"));
    let job = daemon.enqueue(&spawn_request(json!({})));
    let second = provider.birth(1);
    assert_eq!(place(&second.body), ("cpx22".to_owned(), "nbg1".to_owned()));
    assert_eq!(provider.servers().len(), 1, "the first one is gone before the second is asked for");
    Guest::at_work(&site, &second).report(&finished()).ok();
    let ended = daemon.wait_for_end(&job);
    assert_eq!((&ended["status"], &ended["attempt"]), (&json!("done"), &json!(2)));
    provider.wait_until_empty();
}

#[test]
fn a_lost_answer_before_a_refusal_is_cleared_up_before_another_place_is_asked() {
    let provider = Provider::start();
    let site = Site::new(&provider, FALLBACK);
    let daemon = site.start();
    wait_for_catalogue(&provider);
    provider.on_create(Mishap::Refused(504, "timeout"));
    provider.on_create(SOLD_OUT);
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    assert_eq!(place(&birth.body), ("cpx22".to_owned(), "nbg1".to_owned()));
    let requests = provider.requests();
    let creates = |at: &usize| requests[*at] == "POST /v1/servers";
    let posts: Vec<usize> = (0..requests.len()).filter(creates).collect();
    let looks = requests[posts[1]..posts[2]].iter().filter(|one| *one == "GET /v1/servers").count();
    assert!(looks >= 4, "{requests:?}");
    Guest::at_work(&site, &birth).report(&finished()).ok();
    assert_eq!(daemon.wait_for_end(&job)["attempt"], 1);
}

#[test]
fn configured_types_that_are_unknown_or_on_their_way_out_are_warned_about() {
    let provider = Provider::start();
    let more = "[cattle]\nserver_type = \"cx11\"\nfallback_server_types = [\"cx99\"]\nfallback_locations = [\"fsn1\"]\n";
    let site = Site::new(&provider, more);
    let _daemon = site.start();
    let expected = [
        "cx11 in nbg1 is deprecated and will not be to be had after 2099-01-01",
        "the provider has no server type cx99",
        "cx11 in fsn1 is not sold",
    ];
    for warning in expected {
        until(warning, || site.log_text().contains(warning).then_some(()));
    }
}
