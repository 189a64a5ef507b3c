//! Actions on servers, one at a time, and what they do to the guest.

use std::fs;

use serde_json::json;

use crate::support::{Emulator, TestCloud, eventually, processes_mentioning};

#[tokio::test]
async fn a_server_can_be_switched_off_and_on_and_asked_to_shut_down() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    cloud.api.becomes(id, "running").await;
    assert_eq!(cloud.api.act(id, "poweroff", json!({})).await["command"], "stop_server");
    cloud.api.becomes(id, "off").await;
    assert!(processes_mentioning(&cloud.guest_dir(id)).is_empty());
    assert_eq!(cloud.api.act(id, "poweron", json!({})).await["status"], "success");
    cloud.api.becomes(id, "running").await;
    assert_eq!(cloud.api.act(id, "shutdown", json!({})).await["command"], "shutdown_server");
    cloud.api.becomes(id, "off").await;
    let refused = cloud.api.act(id, "reset", json!({})).await;
    assert_eq!((&refused["status"], &refused["error"]["code"]), (&json!("error"), &json!("action_failed")));
}

#[tokio::test]
async fn a_guest_that_ends_at_the_very_moment_it_is_asked_to_has_been_shut_down() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    for turn in 0..40 {
        let shut = cloud.api.act(id, "shutdown", json!({})).await;
        assert_eq!(shut["status"], "success", "turn {turn}: {shut}");
        cloud.api.becomes(id, "off").await;
        assert_eq!(cloud.api.act(id, "poweron", json!({})).await["status"], "success", "turn {turn}");
    }
}

#[tokio::test]
async fn reset_and_reboot_start_the_same_guest_over() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    let guest = processes_mentioning(&cloud.guest_dir(id));
    for action in ["reset", "reboot"] {
        assert_eq!(cloud.api.act(id, action, json!({})).await["status"], "success", "{action}");
    }
    eventually("the guest was reset twice", async || {
        let asked = fs::read_to_string(cloud.guest_dir(id).join("console.log")).ok()?;
        (asked.matches("system_reset").count() == 2).then_some(())
    })
    .await;
    assert_eq!(processes_mentioning(&cloud.guest_dir(id)), guest);
}

#[tokio::test]
async fn rebuilding_starts_another_guest_from_the_image_with_the_new_user_data() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({ "user_data": "old" })).await;
    let guest = processes_mentioning(&cloud.guest_dir(id));
    let image = cloud.register_image("other", "9").await.body["image"]["id"].clone();
    let rebuilt = cloud.api.act(id, "rebuild", json!({ "image": image, "user_data": "new" })).await;
    assert_eq!(rebuilt["status"], "success");
    let server = cloud.api.get(&format!("/servers/{id}")).await.body["server"].clone();
    assert_eq!((&server["status"], &server["image"]["id"]), (&json!("running"), &image));
    assert!(processes_mentioning(&cloud.guest_dir(id)).iter().all(|pid| !guest.contains(pid)));
    let spec = fs::read_to_string(cloud.guest_dir(id).join("spec.json")).unwrap();
    assert!(spec.contains("\"user_data\": \"new\""), "{spec}");
}

#[tokio::test]
async fn while_an_action_runs_the_server_is_locked() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    let slow = json!({ "rules": [
        { "method": "POST", "path": "/servers/", "count": 1, "fault": { "kind": "slow_action", "ms": 600 } },
    ] });
    cloud.api.post("/_local/faults", slow).await.expect(200);
    let begun = cloud.api.post(&format!("/servers/{id}/actions/poweroff"), json!({})).await.expect(201);
    let server = cloud.api.get(&format!("/servers/{id}")).await.body["server"].clone();
    assert_eq!((&server["locked"], &server["status"]), (&json!(true), &json!("stopping")));
    for action in ["poweron", "reset", "change_protection"] {
        let refused = cloud.api.post(&format!("/servers/{id}/actions/{action}"), json!({})).await.expect(423);
        assert_eq!(refused.error().0, "locked", "{action}");
    }
    assert_eq!(cloud.api.delete(&format!("/servers/{id}")).await.expect(423).error().0, "locked");
    cloud.api.finished(begun.action()).await;
    cloud.api.remove(id).await;
}

#[tokio::test]
async fn a_deleted_server_is_hidden_at_once_while_its_action_runs() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    let slow = json!({ "rules": [{ "method": "DELETE", "path": "/", "fault": { "kind": "slow_action", "ms": 500 } }] });
    cloud.api.post("/_local/faults", slow).await.expect(200);
    let begun = cloud.api.delete(&format!("/servers/{id}")).await.expect(200);
    assert_eq!(begun.body["action"]["command"], "delete_server");
    cloud.api.get(&format!("/servers/{id}")).await.expect(404);
    cloud.api.delete(&format!("/servers/{id}")).await.expect(404);
    assert!(cloud.api.get("/servers").await.names("servers").is_empty());
    let asked = cloud.api.get(&format!("/actions?id={}", begun.action())).await.expect(200);
    assert_eq!(asked.body["actions"][0]["status"], "running");
    assert!(!processes_mentioning(&cloud.guest_dir(id)).is_empty(), "the guest still runs");

    assert_eq!(cloud.api.finished(begun.action()).await["status"], "success");
    assert!(processes_mentioning(&cloud.guest_dir(id)).is_empty());
    assert!(!cloud.guest_dir(id).exists());
    assert_eq!(cloud.api.get("/primary_ips").await.body["primary_ips"], json!([]));
}

#[tokio::test]
async fn a_protected_server_is_neither_deleted_nor_rebuilt() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    cloud.api.act(id, "change_protection", json!({ "delete": true, "rebuild": true })).await;
    assert_eq!(cloud.api.delete(&format!("/servers/{id}")).await.expect(423).error().0, "protected");
    let rebuild = json!({ "image": "clawlets-cattle" });
    let refused = cloud.api.post(&format!("/servers/{id}/actions/rebuild"), rebuild).await.expect(423);
    assert_eq!(refused.error().0, "protected");
    cloud.api.act(id, "change_protection", json!({ "delete": false })).await;
    let server = cloud.api.get(&format!("/servers/{id}")).await.body["server"].clone();
    assert_eq!(server["protection"], json!({ "delete": false, "rebuild": true }));
    cloud.api.remove(id).await;
}

#[tokio::test]
async fn a_snapshot_is_an_image_without_a_name_that_servers_can_be_made_from() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    let path = format!("/servers/{id}/actions/create_image");
    let body = json!({ "description": "before the change", "labels": { "k": "v" }, "type": "snapshot" });
    let made = cloud.api.post(&path, body).await.expect(201);
    let image = made.body["image"].clone();
    assert_eq!((&image["name"], &image["type"]), (&json!(null), &json!("snapshot")));
    assert_eq!(image["created_from"], json!({ "id": id, "name": "web-1" }));
    cloud.api.finished(made.action()).await;
    cloud.api.running_server("copy", json!({ "image": image["id"] })).await;
    cloud.api.delete(&format!("/images/{}", image["id"])).await.expect(204);
    let copies = cloud.api.get("/servers?name=copy").await;
    assert_eq!(copies.body["servers"][0]["image"], json!(null), "a server outlives its image");
}

#[tokio::test]
async fn the_rescue_mark_is_set_and_taken_away() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("web-1", json!({})).await;
    for (action, expected) in [("enable_rescue", true), ("disable_rescue", false)] {
        cloud.api.act(id, action, json!({})).await;
        let server = cloud.api.get(&format!("/servers/{id}")).await.body["server"].clone();
        assert_eq!(server["rescue_enabled"], expected);
    }
}

#[tokio::test]
async fn every_action_that_is_asked_for_comes_back_or_the_request_fails() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let made = cloud.api.order("web-1", json!({})).await.expect(201);
    let (create, start) = (made.action(), made.body["next_actions"][0]["id"].as_u64().unwrap());
    let both = cloud.api.get(&format!("/actions?id={create}&id={start}")).await.expect(200);
    assert_eq!(both.body["actions"].as_array().unwrap().len(), 2);
    cloud.api.get(&format!("/actions?id={create}&id=1")).await.expect(404);
    let many = vec![format!("id={create}"); 26].join("&");
    cloud.api.get(&format!("/actions?{many}")).await.expect(422);
    let id = made.body["server"]["id"].as_u64().unwrap();
    cloud.api.finished(start).await;
    let of_server = cloud.api.get(&format!("/servers/{id}/actions?sort=id:desc")).await.expect(200);
    let ids: Vec<_> =
        of_server.body["actions"].as_array().unwrap().iter().map(|one| one["id"].as_u64()).collect();
    assert_eq!(ids, [Some(start), Some(create)]);
    cloud.api.get(&format!("/servers/{id}/actions/{start}")).await.expect(200);
    cloud.api.get(&format!("/servers/actions/{start}")).await.expect(200);
}

#[tokio::test]
async fn a_guest_that_cannot_start_leaves_a_server_that_is_off_and_says_why() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let script = "#!/bin/sh\necho 'no memory left' >&2\nexit 1\n";
    let emulator = cloud.folder().join("emulator");
    fs::write(emulator.with_extension("new"), script).unwrap();
    fs::set_permissions(emulator.with_extension("new"), fs::metadata(&emulator).unwrap().permissions())
        .unwrap();
    fs::rename(emulator.with_extension("new"), &emulator).unwrap();
    let made = cloud.api.order("web-1", json!({})).await.expect(201);
    let id = made.body["server"]["id"].as_u64().unwrap();
    let start = cloud.api.finished(made.body["next_actions"][0]["id"].as_u64().unwrap()).await;
    assert_eq!(start["status"], "error");
    assert!(start["error"]["message"].as_str().unwrap().contains("no memory left"), "{start}");
    cloud.api.becomes(id, "off").await;
    eventually("no process is left", async || {
        processes_mentioning(&cloud.guest_dir(id)).is_empty().then_some(())
    })
    .await;
    cloud.api.remove(id).await;
}
