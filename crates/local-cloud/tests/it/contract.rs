//! The form of every answer: headers, envelopes, pages, errors.

use reqwest::Method;
use serde_json::json;

use crate::support::{Emulator, TestCloud};

#[tokio::test]
async fn every_answer_is_json_with_an_id_and_the_request_allowance() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for (path, status) in
        [("/servers", 200), ("/servers/1", 404), ("/actions", 422), ("/servers?page=x", 422)]
    {
        let answer = cloud.api.get(path).await.expect(status);
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        assert_eq!(answer.header("ratelimit-limit"), Some("3600"), "{path}");
        assert!(answer.header("ratelimit-remaining").is_some(), "{path}");
        assert!(answer.header("ratelimit-reset").is_some(), "{path}");
        assert_eq!(answer.header("x-correlation-id").map(str::len), Some(16), "{path}");
    }
}

#[tokio::test]
async fn nobody_gets_in_without_the_token_not_even_to_the_side_channel() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for path in ["/servers", "/_local/faults", "/_local/relays", "/no/such/path"] {
        for token in [None, Some("0123456789")] {
            let answer = cloud.api.send_as(Method::GET, path, None, token).await.unwrap().expect(401);
            assert_eq!(answer.error().0, "unauthorized", "{path}");
            assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        }
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_in_the_vendors_words() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for path in [
        "/servers/7",
        "/images/7",
        "/actions/7",
        "/ssh_keys/7",
        "/firewalls/7",
        "/server_types/7",
        "/nothing",
    ] {
        assert_eq!(cloud.api.get(path).await.expect(404).error().0, "not_found", "{path}");
    }
    assert_eq!(cloud.api.delete("/servers/7").await.expect(404).error().0, "not_found");
}

#[tokio::test]
async fn lists_come_in_pages_of_25_and_of_50_at_most() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for number in 0..30 {
        cloud.api.post("/firewalls", json!({ "name": format!("fw-{number:02}") })).await.expect(201);
    }
    let first = cloud.api.get("/firewalls").await.expect(200);
    let pagination = json!({
        "page": 1, "per_page": 25, "previous_page": null, "next_page": 2, "last_page": 2, "total_entries": 30,
    });
    assert_eq!(first.body["meta"]["pagination"], pagination);
    assert_eq!(first.names("firewalls").len(), 25);
    let last = cloud.api.get("/firewalls?page=3&per_page=14&sort=name:desc").await.expect(200);
    assert_eq!(last.names("firewalls"), ["fw-01", "fw-00"]);
    let all = cloud.api.get("/firewalls?per_page=1000").await.expect(200);
    assert_eq!(all.body["meta"]["pagination"]["per_page"], 50);
    assert_eq!(all.names("firewalls").len(), 30);
}

#[tokio::test]
async fn requests_that_are_no_json_objects_are_told_apart_from_wrong_fields() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for (body, status, code) in [
        ("{", 400, "json_error"),
        ("[]", 400, "json_error"),
        ("{}", 422, "invalid_input"),
        ("", 422, "invalid_input"),
    ] {
        let answer =
            cloud.api.send(Method::POST, "/servers", Some(body.to_owned())).await.unwrap().expect(status);
        assert_eq!(answer.error().0, code, "{body:?}");
    }
    let huge = format!("{{\"name\": \"{}\"}}", "a".repeat(600 * 1024));
    cloud.api.send(Method::POST, "/servers", Some(huge)).await.unwrap().expect(413);
}

#[tokio::test]
async fn the_catalog_names_types_that_are_sold_and_one_that_is_not() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let types = cloud.api.get("/server_types?per_page=50").await.expect(200);
    let one = |name: &str| {
        types.body["server_types"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone()
    };
    assert_eq!(one("cx22")["deprecated"], true);
    assert!(one("cx22")["deprecation"]["unavailable_after"].is_string());
    assert_eq!(one("cx23")["deprecation"], json!(null));
    assert_eq!(one("cx23")["locations"].as_array().unwrap().len(), 3);
    assert_eq!(one("cx23")["prices"][0]["price_hourly"]["net"], "0.0056000000");
    let nuremberg = cloud.api.get("/locations?name=nbg1").await.expect(200);
    assert_eq!(nuremberg.names("locations"), ["nbg1"]);
    assert_eq!(cloud.api.get("/pricing").await.expect(200).body["pricing"]["currency"], "EUR");
    for absent in
        ["isos", "volumes", "networks", "placement_groups", "load_balancers", "floating_ips", "certificates"]
    {
        let list = cloud.api.get(&format!("/{absent}")).await.expect(200);
        assert_eq!(list.body[absent], json!([]), "{absent}");
    }
}

#[tokio::test]
async fn ssh_keys_have_unique_names_and_contents_and_the_vendors_fingerprint() {
    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f maren@laptop";
    let cloud = TestCloud::start(Emulator::Script).await;
    let made = cloud.api.post("/ssh_keys", json!({ "name": "laptop", "public_key": KEY })).await.expect(201);
    let key = &made.body["ssh_key"];
    assert_eq!(key["fingerprint"], "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba");
    for (name, public_key, field) in [("laptop", KEY, "name"), ("other", KEY, "public_key")] {
        let again =
            cloud.api.post("/ssh_keys", json!({ "name": name, "public_key": public_key })).await.expect(409);
        assert_eq!(again.error(), ("uniqueness_error", vec![field]));
    }
    let bad =
        cloud.api.post("/ssh_keys", json!({ "name": "x", "public_key": "ssh-rsa !" })).await.expect(422);
    assert_eq!(bad.error(), ("invalid_input", vec!["public_key"]));
    let path = format!("/ssh_keys/{}", key["id"]);
    let renamed = cloud.api.put(&path, json!({ "name": "desk", "labels": { "a": "b" } })).await.expect(200);
    assert_eq!(renamed.body["ssh_key"]["labels"], json!({ "a": "b" }));
    assert_eq!(cloud.api.get("/ssh_keys?label_selector=a%3Db").await.expect(200).names("ssh_keys"), ["desk"]);
    cloud.api.delete(&path).await.expect(204);
    cloud.api.get(&path).await.expect(404);
}

#[tokio::test]
async fn what_a_guest_wrote_to_its_console_is_read_in_parts() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let server = cloud.api.running_server("a", json!({})).await;
    let folder = cloud.guest_dir(server);
    std::fs::write(folder.join("console.log.1"), "Linux boots\n").unwrap();
    std::fs::write(folder.join("console.log"), "login: é").unwrap();
    let console = async |from: &str| {
        let path = format!("/_local/servers/{server}/console{from}");
        cloud.api.get(&path).await.expect(200).body["console"].clone()
    };
    assert_eq!(console("").await, json!({ "from": 0, "next": 21, "text": "Linux boots\nlogin: é" }));
    assert_eq!(console("?from=12").await, json!({ "from": 12, "next": 21, "text": "login: é" }));
    assert_eq!(console("?from=21").await, json!({ "from": 21, "next": 21, "text": "" }));
    assert_eq!(console("?from=5000").await["from"], 0, "what was dropped since the last look");
    cloud.api.get("/_local/servers/999/console").await.expect(404);
    cloud.api.get(&format!("/_local/servers/{server}/console?from=x")).await.expect(422);
}
