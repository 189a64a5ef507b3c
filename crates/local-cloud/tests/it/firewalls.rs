//! Firewalls, which are records here: clients make, apply, change and remove them.

use serde_json::json;

use crate::support::{Emulator, TestCloud};

#[tokio::test]
async fn a_firewall_is_applied_to_servers_and_to_labels_and_shows_up_at_the_server() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let by_id = cloud.api.running_server("by-id", json!({})).await;
    let by_label = cloud.api.running_server("by-label", json!({ "labels": { "cattle": "true" } })).await;
    let rule = json!({ "direction": "in", "protocol": "tcp", "port": "22", "source_ips": ["10.0.0.0/8"] });
    let made = cloud
        .api
        .post(
            "/firewalls",
            json!({
                "name": "cattle", "rules": [rule],
                "apply_to": [{ "type": "label_selector", "label_selector": { "selector": "cattle=true" } }],
            }),
        )
        .await
        .expect(201);
    let firewall = &made.body["firewall"];
    assert_eq!(firewall["rules"][0]["port"], "22");
    assert_eq!(firewall["applied_to"][0]["applied_to_resources"][0]["server"]["id"], by_label);
    let path = format!("/firewalls/{}/actions", firewall["id"]);
    let target = json!([{ "type": "server", "server": { "id": by_id } }]);
    let applied = cloud
        .api
        .post(&format!("{path}/apply_to_resources"), json!({ "apply_to": target }))
        .await
        .expect(201);
    assert_eq!(applied.body["actions"][0]["command"], "apply_firewall");
    for server in [by_id, by_label] {
        let shown =
            cloud.api.get(&format!("/servers/{server}")).await.body["server"]["public_net"]["firewalls"]
                .clone();
        assert_eq!(shown, json!([{ "id": firewall["id"], "status": "applied" }]));
    }
    let in_use = cloud.api.delete(&format!("/firewalls/{}", firewall["id"])).await.expect(422);
    assert_eq!(in_use.error().0, "resource_in_use");
    let removal = json!({ "remove_from": [
        { "type": "server", "server": { "id": by_id } },
        { "type": "label_selector", "label_selector": { "selector": "cattle = true" } },
    ] });
    cloud.api.post(&format!("{path}/remove_from_resources"), removal).await.expect(201);
    let emptied = cloud.api.post(&format!("{path}/set_rules"), json!({ "rules": [] })).await.expect(201);
    assert_eq!(emptied.body["actions"][0]["status"], "success");
    cloud.api.delete(&format!("/firewalls/{}", firewall["id"])).await.expect(204);
}

#[tokio::test]
async fn a_firewall_that_makes_no_sense_is_refused() {
    let cloud = TestCloud::start(Emulator::Script).await;
    cloud.api.post("/firewalls", json!({ "name": "one" })).await.expect(201);
    let again = cloud.api.post("/firewalls", json!({ "name": "one" })).await.expect(409);
    assert_eq!(again.error(), ("uniqueness_error", vec!["name"]));
    let cases = [
        (json!({}), vec!["name"]),
        (
            json!({ "name": "x", "rules": [{ "direction": "up", "protocol": "tcp", "port": "1" }] }),
            vec!["rules.0"],
        ),
        (json!({ "name": "x", "rules": [{ "direction": "in", "protocol": "tcp" }] }), vec!["rules.0.port"]),
        (
            json!({ "name": "x", "rules": [{ "direction": "in", "protocol": "icmp", "port": "1" }] }),
            vec!["rules.0.port"],
        ),
        (json!({ "name": "x", "apply_to": [{ "type": "moon" }] }), vec!["apply_to.0"]),
    ];
    for (body, fields) in cases {
        let answer = cloud.api.post("/firewalls", body.clone()).await.expect(422);
        assert_eq!(answer.error(), ("invalid_input", fields), "{body}");
    }
}

#[tokio::test]
async fn a_firewall_that_was_ordered_with_a_server_is_free_once_the_server_is_gone() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let firewall = cloud.api.post("/firewalls", json!({ "name": "one" })).await.expect(201).body["firewall"]
        ["id"]
        .clone();
    let id = cloud.api.running_server("web-1", json!({ "firewalls": [{ "firewall": firewall }] })).await;
    cloud.api.delete(&format!("/firewalls/{firewall}")).await.expect(422);
    cloud.api.remove(id).await;
    cloud.api.delete(&format!("/firewalls/{firewall}")).await.expect(204);
}
