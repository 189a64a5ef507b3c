//! Relays as they are asked for. What goes through them is tested with real guests.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Emulator, TestCloud};

fn relays_of(cloud: &TestCloud, server: u64) -> Value {
    let spec = fs::read(cloud.guest_dir(server).join("spec.json")).unwrap();
    serde_json::from_slice::<Value>(&spec).unwrap()["relays"].clone()
}

#[tokio::test]
async fn a_guest_gets_the_relays_whose_selector_its_labels_match() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for (selector, port) in [("cattle=true", 18337), ("pet=true", 18338), ("", 18339)] {
        let relay = json!({ "selector": selector, "port": port, "path": "/run/test.sock" });
        cloud.api.post("/_local/relays", relay).await.expect(201);
    }
    let server = cloud.api.running_server("a", json!({ "labels": { "cattle": "true" } })).await;
    let expected = [18337, 18339].map(|port| json!({ "port": port, "socket": "/run/test.sock" }));
    assert_eq!(relays_of(&cloud, server), json!(expected));
}

#[tokio::test]
async fn a_relay_that_is_asked_for_again_replaces_the_one_before_and_survives_a_restart() {
    let mut cloud = TestCloud::start(Emulator::Script).await;
    let server = cloud.api.running_server("a", json!({ "labels": { "cattle": "true" } })).await;
    for path in ["/run/one.sock", "/run/two.sock"] {
        let relay = json!({ "selector": "cattle=true", "port": 18337, "path": path });
        let told = cloud.api.post("/_local/relays", relay).await.expect(201);
        assert_eq!(told.body["servers_not_told"], json!([]));
    }
    cloud.kill_daemon();
    cloud.restart().await;
    let listed = cloud.api.get("/_local/relays").await.expect(200).body["relays"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["path"], "/run/two.sock");
    cloud.api.act(server, "poweroff", json!({})).await;
    cloud.api.act(server, "poweron", json!({})).await;
    assert_eq!(relays_of(&cloud, server), json!([{ "port": 18337, "socket": "/run/two.sock" }]));
}

#[tokio::test]
async fn a_relay_that_could_not_work_is_refused() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let long = format!("/run/{}", "x".repeat(120));
    for (relay, field) in [
        (json!({ "selector": "a===b", "port": 1, "path": "/x" }), "selector"),
        (json!({ "selector": "", "port": 0, "path": "/x" }), "port"),
        (json!({ "selector": "", "port": 1, "path": "x" }), "path"),
        (json!({ "selector": "", "port": 1, "path": long }), "path"),
    ] {
        let answer = cloud.api.post("/_local/relays", relay.clone()).await.expect(422);
        assert_eq!(answer.error(), ("invalid_input", vec![field]), "{relay}");
    }
    let unknown = json!({ "selector": "", "port": 1, "path": "/x", "host": "example.com" });
    cloud.api.post("/_local/relays", unknown).await.expect(400);
}
