//! Orders for servers: what is made, what is refused, and what becomes of labels and names.

use serde_json::{Value, json};

use crate::support::{Emulator, TestCloud};

#[tokio::test]
async fn a_server_has_every_field_that_strict_clients_require() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let labels = json!({ "managed-by": "clawlets", "expires-at": "1795219420" });
    let made = cloud.api.order("web-1", json!({ "labels": labels, "location": "fsn1" })).await.expect(201);
    let server = &made.body["server"];
    assert_eq!(server["status"], "initializing");
    assert_eq!(server["labels"], labels);
    assert_eq!((&server["locked"], &server["rescue_enabled"]), (&json!(true), &json!(false)));
    for null in ["iso", "backup_window", "placement_group"] {
        assert_eq!(server.get(null), Some(&Value::Null), "{null}");
    }
    assert_eq!(server["server_type"]["name"], "cx23");
    assert_eq!(server["image"]["name"], "clawlets-cattle");
    assert_eq!(server["location"]["name"], "fsn1");
    assert_eq!(server["primary_disk_size"], 40);
    assert!(server["public_net"]["ipv4"]["ip"].as_str().unwrap().starts_with("198."), "{server}");
    assert_eq!(server["public_net"]["floating_ips"], json!([]));
    assert_eq!(made.body["action"]["command"], "create_server");
    assert_eq!(made.body["next_actions"][0]["command"], "start_server");
    assert_eq!(made.body["root_password"].as_str().map(str::len), Some(20));
    let addresses = cloud.api.get("/primary_ips").await.expect(200);
    let owners: Vec<&Value> =
        addresses.body["primary_ips"].as_array().unwrap().iter().map(|one| &one["assignee_id"]).collect();
    assert_eq!(owners, [&server["id"], &server["id"]]);
}

#[tokio::test]
async fn a_bad_order_is_refused_and_names_every_field_that_is_wrong() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let cases = [
        (json!({ "name": "a b" }), vec!["name"]),
        (json!({ "server_type": "cx22" }), vec!["server_type"]),
        (json!({ "server_type": "cx99" }), vec!["server_type"]),
        (json!({ "server_type": "cax11" }), vec!["server_type"]),
        (json!({ "server_type": "cx23", "location": "ash" }), vec!["server_type"]),
        (json!({ "location": "mars" }), vec!["location"]),
        (json!({ "image": "debian-13" }), vec!["image"]),
        (json!({ "labels": { "-bad": "x", "good": "not good" } }), vec!["labels.-bad", "labels.good"]),
        (json!({ "user_data": "x".repeat(32 * 1024 + 1) }), vec!["user_data"]),
        (json!({ "ssh_keys": ["nobody"] }), vec!["ssh_keys"]),
        (json!({ "networks": [1], "volumes": [2] }), vec!["volumes", "networks"]),
        (json!({ "name": 7, "image": null }), vec!["name", "image"]),
    ];
    for (order, fields) in cases {
        let answer = cloud.api.order("fine", order.clone()).await.expect(422);
        assert_eq!(answer.error(), ("invalid_input", fields), "{order}");
    }
    assert!(cloud.api.get("/servers").await.names("servers").is_empty());
    cloud.api.order("fits", json!({ "user_data": "x".repeat(32 * 1024) })).await.expect(201);
}

#[tokio::test]
async fn a_name_is_used_once_and_is_free_again_when_its_server_is_being_deleted() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let first = cloud.api.running_server("web-1", json!({})).await;
    let again = cloud.api.order("WEB-1", json!({})).await.expect(409);
    assert_eq!(again.error(), ("uniqueness_error", vec!["name"]));
    let other = cloud.api.running_server("web-2", json!({})).await;
    cloud.api.put(&format!("/servers/{other}"), json!({ "name": "web-1" })).await.expect(409);
    cloud.api.delete(&format!("/servers/{first}")).await.expect(200);
    cloud.api.order("web-1", json!({})).await.expect(201);
}

#[tokio::test]
async fn one_server_more_than_the_quota_is_refused() {
    let cloud = TestCloud::start(Emulator::Script).await;
    for number in 0..20 {
        cloud.api.order(&format!("s{number}"), json!({ "start_after_create": false })).await.expect(201);
    }
    let answer = cloud.api.order("one-more", json!({})).await.expect(403);
    assert_eq!(answer.error().0, "resource_limit_exceeded");
    assert_eq!(answer.body["error"]["details"]["limits"], json!([{ "name": "server_limit" }]));
}

#[tokio::test]
async fn lists_are_filtered_by_name_label_and_status_and_labels_are_replaced_as_a_whole() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let later = json!({ "labels": { "cattle": "true", "job": "a" }, "start_after_create": false });
    let first = cloud.api.order("a", later).await.expect(201).body["server"]["id"].as_u64().unwrap();
    cloud.api.running_server("b", json!({ "labels": { "cattle": "true", "job": "b" } })).await;
    cloud.api.running_server("c", json!({})).await;
    cloud.api.becomes(first, "off").await;
    let cases = [
        ("name=a", vec!["a"]),
        ("name=d", vec![]),
        ("label_selector=cattle%3Dtrue,job%20in%20(a,c)", vec!["a"]),
        ("label_selector=!cattle", vec!["c"]),
        ("status=off", vec!["a"]),
        ("status=off&status=running&sort=name:desc", vec!["c", "b", "a"]),
    ];
    for (query, names) in cases {
        assert_eq!(
            cloud.api.get(&format!("/servers?{query}")).await.expect(200).names("servers"),
            names,
            "{query}"
        );
    }
    let bad = cloud.api.get("/servers?label_selector=a%3D%3D%3Db").await.expect(422);
    assert_eq!(bad.error(), ("invalid_input", vec!["label_selector"]));

    let path = format!("/servers/{first}");
    let changed = cloud.api.put(&path, json!({ "labels": { "job": "z" } })).await.expect(200);
    assert_eq!(changed.body["server"]["labels"], json!({ "job": "z" }));
    let renamed = cloud.api.put(&path, json!({ "name": "a2" })).await.expect(200);
    assert_eq!(renamed.body["server"]["labels"], json!({ "job": "z" }), "labels that are not given stay");
}

#[tokio::test]
async fn a_newer_image_of_the_same_name_is_what_the_name_means() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let old = cloud.api.get("/images?name=clawlets-cattle").await.body["images"][0]["id"].clone();
    let same = cloud.register_image("clawlets-cattle", "1").await.expect(201).body["image"]["id"].clone();
    assert_eq!(same, old, "the same files are the same image");
    let new = cloud.register_image("clawlets-cattle", "2").await.expect(201).body["image"]["id"].clone();
    let named = cloud.api.get("/images?name=clawlets-cattle&architecture=x86").await.expect(200);
    assert_eq!(named.body["images"].as_array().unwrap().len(), 1);
    assert_eq!(named.body["images"][0]["id"], new);
    let made = cloud.api.order("by-name", json!({})).await.expect(201);
    assert_eq!(made.body["server"]["image"]["id"], new);
    let made = cloud.api.order("by-id", json!({ "image": old })).await.expect(201);
    assert_eq!(made.body["server"]["image"]["id"], old);
    let selected =
        cloud.api.get("/images?label_selector=clawlets/image%3Dcattle&type=system").await.expect(200);
    assert_eq!(selected.body["images"].as_array().unwrap().len(), 1);
}
