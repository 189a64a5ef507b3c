//! A provider's bad days, on demand.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Emulator, TestCloud};

async fn cloud_with(rules: Value) -> TestCloud {
    let cloud = TestCloud::start(Emulator::Script).await;
    cloud.api.post("/_local/faults", json!({ "rules": rules })).await.expect(200);
    cloud
}

#[tokio::test]
async fn errors_are_given_as_often_as_the_rule_says() {
    let cloud = cloud_with(json!([
        { "method": "POST", "path": "/servers", "count": 2,
          "fault": { "kind": "error", "status": 412, "code": "resource_unavailable" } },
    ]))
    .await;
    for _ in 0..2 {
        assert_eq!(cloud.api.order("a", json!({})).await.expect(412).error().0, "resource_unavailable");
    }
    cloud.api.order("a", json!({})).await.expect(201);
    let faults = cloud.api.get("/_local/faults").await.expect(200);
    assert_eq!(
        (&faults.body["faults"][0]["matched"], &faults.body["faults"][0]["hits"]),
        (&json!(3), &json!(2))
    );
}

#[tokio::test]
async fn a_rate_limit_comes_with_and_without_the_time_of_its_end_and_gateways_know_no_json() {
    let cloud = cloud_with(json!([
        { "path": "/servers", "count": 1,
          "fault": { "kind": "error", "status": 429, "code": "rate_limit_exceeded", "reset_seconds": 30 } },
        { "path": "/servers", "skip": 1, "count": 1,
          "fault": { "kind": "error", "status": 429, "code": "rate_limit_exceeded" } },
        { "path": "/servers", "skip": 2, "count": 1, "fault": { "kind": "error", "status": 502, "code": "x" } },
    ]))
    .await;
    let with = cloud.api.get("/servers").await.expect(429);
    assert_eq!(with.error().0, "rate_limit_exceeded");
    assert!(with.header("ratelimit-reset").is_some());
    let without = cloud.api.get("/servers").await.expect(429);
    assert_eq!(without.header("ratelimit-reset"), None);
    let gateway = cloud.api.get("/servers").await.expect(502);
    assert_eq!(gateway.header("content-type"), Some("text/html"));
    cloud.api.get("/servers").await.expect(200);
}

#[tokio::test]
async fn a_lost_answer_leaves_a_server_and_a_lost_request_does_not() {
    for (fault, expected) in [("lost_answer", 1), ("lost_request", 0)] {
        let cloud = cloud_with(json!([
            { "method": "POST", "path": "/servers", "count": 1, "fault": { "kind": fault } },
        ]))
        .await;
        let order = json!({ "name": "a", "server_type": "cx23", "image": "clawlets-cattle" });
        let lost = cloud.api.send(Method::POST, "/servers", Some(order.to_string())).await;
        assert!(lost.is_err(), "{fault}");
        let found = cloud.api.get("/servers?name=a").await.expect(200);
        assert_eq!(found.names("servers").len(), expected, "{fault}");
    }
}

#[tokio::test]
async fn an_action_can_end_in_an_error_and_leaves_what_it_did_not_do() {
    let cloud = cloud_with(json!([
        { "method": "POST", "path": "/servers", "count": 1,
          "fault": { "kind": "action_error", "code": "host_down", "message": "the host is down" } },
        { "method": "DELETE", "path": "/servers", "count": 1,
          "fault": { "kind": "action_error", "code": "unknown", "message": "try again" } },
    ]))
    .await;
    let made = cloud.api.order("a", json!({})).await.expect(201);
    let id = made.body["server"]["id"].as_u64().unwrap();
    let failed = cloud.api.finished(made.action()).await;
    assert_eq!(failed["error"], json!({ "code": "host_down", "message": "the host is down" }));
    cloud.api.becomes(id, "off").await;
    let begun = cloud.api.delete(&format!("/servers/{id}")).await.expect(200);
    assert_eq!(cloud.api.finished(begun.action()).await["status"], "error");
    cloud.api.becomes(id, "off").await;
    cloud.api.remove(id).await;
}

#[tokio::test]
async fn a_list_that_lags_misses_new_servers_and_shows_deleted_ones() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let old = cloud.api.running_server("old", json!({})).await;
    cloud.api.remove(old).await;
    cloud.api.running_server("new", json!({})).await;
    assert_eq!(cloud.api.get("/servers").await.names("servers"), ["new"]);
    let lag = json!({ "rules": [{ "path": "/servers", "fault": { "kind": "list_lag", "ms": 3_600_000 } }] });
    cloud.api.post("/_local/faults", lag).await.expect(200);
    assert!(cloud.api.get("/servers").await.names("servers").is_empty(), "an hour ago there was neither");
}

#[tokio::test]
async fn a_wrong_clock_dates_what_is_made_until_the_rule_is_gone() {
    let cloud =
        cloud_with(json!([{ "path": "/", "fault": { "kind": "clock_skew", "seconds": 315_360_000 } }])).await;
    let skewed = cloud.api.order("a", json!({})).await.expect(201);
    cloud.api.post("/_local/faults", json!({ "rules": [] })).await.expect(200);
    let right = cloud.api.order("b", json!({})).await.expect(201);
    let year = |answer: &crate::support::Answer| {
        answer.body["server"]["created"].as_str().unwrap()[..4].parse::<u32>().unwrap()
    };
    assert!(year(&skewed) >= year(&right) + 9, "{} {}", year(&skewed), year(&right));
}

#[tokio::test]
async fn rules_that_make_no_sense_are_refused() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for rule in [
        json!({ "path": "/", "fault": { "kind": "meteor" } }),
        json!({ "path": "/", "fault": { "kind": "latency" } }),
        json!({ "path": "/", "fault": { "kind": "lost_answer" }, "cuont": 1 }),
    ] {
        let answer = cloud.api.post("/_local/faults", json!({ "rules": [rule] })).await.expect(400);
        assert_eq!(answer.error().0, "json_error", "{rule}");
    }
    let bad = json!([{ "path": "/", "fault": { "kind": "error", "status": 200, "code": "ok" } }]);
    cloud.api.post("/_local/faults", json!({ "rules": bad })).await.expect(422);
}
