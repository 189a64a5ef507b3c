//! Hosts at Hetzner Cloud.

use serde_json::{Value, json};

use crate::support::{Hetzner, Kind, World};

const TOKEN: &str = "the-token-of-the-project";

/// A server of the control API for three hosts at Hetzner.
fn world(kind: Kind, endpoint: &str) -> World {
    let mut world = World::prepare(kind, "");
    let fleet = json!({ "schemaVersion": 13, "defaultHost": "web-1", "hosts": { "web-1": {}, "web-2": {}, "web-3": {} } });
    std::fs::write(world.path("clawlets.json"), fleet.to_string()).unwrap();
    let path = world.path("clawlets.json");
    world.set("CLAWLETS_FLEET", path.to_str().unwrap());
    world.set("HCLOUD_TOKEN", TOKEN);
    world.set("HCLOUD_ENDPOINT", endpoint);
    world.restart();
    world
}

fn status(world: &World) -> Value {
    let reply = world.ask("web-1", &json!({ "action": "status" }));
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(!reply.body.to_string().contains(TOKEN) && !world.log().contains(TOKEN));
    reply.body
}

fn rows(status: &Value) -> Vec<[String; 4]> {
    let row =
        |row: &Value| ["name", "id", "state", "ip"].map(|key| row[key].as_str().unwrap_or("-").to_owned());
    status["instances"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn servers_are_known_by_their_labels_and_stay_when_hetzner_is_away() {
    let hetzner = Hetzner::start(
        TOKEN,
        &[
            (11, "made-long-ago", &[("managed-by", "clawlets"), ("host", "web-1")]),
            (12, "web-2", &[("managed-by", "clawlets")]),
            (13, "web-3", &[("managed-by", "somebody")]),
            (14, "web-3", &[("managed-by", "clawlets"), ("cattle", "true")]),
            (15, "stray", &[("managed-by", "clawlets")]),
        ],
    );
    let world = world(Kind::Http, &hetzner.endpoint);
    let fresh = status(&world);
    let expected = [
        ["web-1", "11", "running", "203.0.113.11"],
        ["web-2", "12", "running", "203.0.113.12"],
        ["web-3", "-", "missing", "-"],
        ["stray", "15", "running", "203.0.113.15"],
    ];
    assert_eq!(rows(&fresh), expected.map(|row| row.map(str::to_owned)));
    assert_eq!((fresh.get("stale"), fresh.get("unavailable")), (None, None), "{fresh}");
    let is_stale = |why: &str| {
        let stale = status(&world);
        assert_eq!(
            (&stale["stale"], &stale["instances"], &stale["asOf"]),
            (&json!(true), &fresh["instances"], &fresh["asOf"]),
            "{why}"
        );
        assert!(stale["ageSeconds"].is_u64(), "{why}: {stale}");
        assert!(stale["unavailable"][0].as_str().unwrap().starts_with("hetzner: "), "{why}: {stale}");
    };
    hetzner.be_out_of_order(401);
    is_stale("the token was withdrawn");
    hetzner.be_out_of_order(503);
    is_stale("it is out of order");
    drop(hetzner);
    is_stale("nobody answers");
    assert_eq!(world.deploy("human", "web-1").status, 200, "a deploy needs nothing of it");
}

#[test]
fn hosts_of_which_hetzner_never_said_anything_are_unknown() {
    let world = world(Kind::Lambda, "http://127.0.0.1:9/v1");
    let seen = status(&world);
    assert_eq!(seen["stale"], true);
    assert!(rows(&seen).iter().all(|row| row[2] == "unknown"), "{seen}");
}
