//! The daemon's own life: restarts, guests that outlive it, damaged state, and the end of everything.

use std::{fs, os::unix::fs::MetadataExt, process::Command};

use clawlets_local_cloud::{Down, Error, down, status};
use serde_json::json;

use crate::support::{Emulator, TestCloud, eventually, processes_mentioning, program, skip};

#[tokio::test]
async fn a_guest_outlives_a_killed_daemon_and_is_found_again() {
    let mut cloud = TestCloud::start(Emulator::Script).await;
    let labels = json!({ "job": "42" });
    let id = cloud.api.running_server("survivor", json!({ "labels": labels })).await;
    let off = cloud.api.running_server("dies-meanwhile", json!({})).await;
    let (guest, before) = (processes_mentioning(&cloud.guest_dir(id)), cloud.api.endpoint.clone());
    cloud.kill_daemon();
    assert_eq!(processes_mentioning(&cloud.guest_dir(id)), guest);
    let seen = status(&cloud.state_dir()).unwrap();
    assert!(seen.daemon.is_none());
    assert_eq!(seen.servers.iter().map(|server| server.status).collect::<Vec<_>>(), ["running", "running"]);
    for pid in processes_mentioning(&cloud.guest_dir(off)) {
        Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    }
    eventually("the guest is dead", async || {
        processes_mentioning(&cloud.guest_dir(off)).is_empty().then_some(())
    })
    .await;

    cloud.restart().await;
    assert_eq!(cloud.api.endpoint.endpoint, before.endpoint, "the port is the same");
    assert_eq!(cloud.api.endpoint.token, before.token, "the token is the same");
    cloud.api.becomes(id, "running").await;
    cloud.api.becomes(off, "off").await;
    let server = cloud.api.get(&format!("/servers/{id}")).await.body["server"].clone();
    assert_eq!(server["labels"], labels);
    assert_eq!(processes_mentioning(&cloud.guest_dir(id)), guest, "it is still the same guest");
    cloud.api.remove(id).await;
    assert!(processes_mentioning(&cloud.guest_dir(id)).is_empty());
}

#[tokio::test]
async fn an_action_that_a_killed_daemon_left_behind_is_carried_to_its_end() {
    let mut cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("doomed", json!({})).await;
    let slow =
        json!({ "rules": [{ "path": "/servers", "fault": { "kind": "slow_action", "ms": 3_600_000 } }] });
    cloud.api.post("/_local/faults", slow).await.expect(200);
    let delete = cloud.api.delete(&format!("/servers/{id}")).await.expect(200).action();
    let made = cloud.api.order("half-made", json!({})).await.expect(201);
    let start = made.body["next_actions"][0]["id"].as_u64().unwrap();
    cloud.kill_daemon();
    cloud.restart().await;
    for action in [delete, made.action(), start] {
        assert_eq!(cloud.api.finished(action).await["status"], "success");
    }
    assert!(!cloud.guest_dir(id).exists());
    cloud.api.becomes(made.body["server"]["id"].as_u64().unwrap(), "running").await;
}

#[tokio::test]
async fn guests_are_taken_over_from_their_directories_when_the_state_is_damaged() {
    let mut cloud = TestCloud::start(Emulator::Script).await;
    let labels = json!({ "job": "42" });
    let id = cloud.api.running_server("survivor", json!({ "labels": labels })).await;
    let nameless = cloud.api.running_server("nameless", json!({})).await;
    let off = cloud.api.running_server("off", json!({})).await;
    cloud.api.act(off, "poweroff", json!({})).await;
    cloud.kill_daemon();
    let state = cloud.state_dir().join("local/state.sqlite");
    fs::write(&state, vec![0x55; 20_000]).unwrap();
    fs::remove_file(state.with_file_name("state.sqlite-wal")).unwrap();
    fs::write(cloud.guest_dir(nameless).join("spec.json"), "{").unwrap();
    cloud.restart().await;

    let servers = cloud.api.get("/servers").await.expect(200);
    assert_eq!(servers.names("servers"), ["survivor"]);
    let server = &servers.body["servers"][0];
    assert_eq!(
        (&server["id"], &server["labels"], &server["status"]),
        (&json!(id), &labels, &json!("running"))
    );
    for gone in [nameless, off] {
        assert!(!cloud.guest_dir(gone).exists(), "nobody could ever delete it");
        assert!(processes_mentioning(&cloud.guest_dir(gone)).is_empty());
    }
    cloud.register_image("clawlets-cattle", "1").await.expect(201);
    let next = cloud.api.running_server("next", json!({})).await;
    assert!(next > id, "ids are not used again");
}

#[tokio::test]
async fn a_second_daemon_is_refused_and_names_the_first() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let second = Command::new(program())
        .arg("serve")
        .args([cloud.state_dir(), cloud.folder().join("cache")])
        .output()
        .unwrap();
    assert!(!second.status.success());
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(words.contains(&format!("already served by process {}", cloud.daemon_pid())), "{words}");
    cloud.api.get("/servers").await.expect(200);
}

#[tokio::test]
async fn going_down_ends_the_daemon_and_every_guest_and_leaves_the_servers_off() {
    let mut cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("a", json!({})).await;
    let (state_dir, daemon) = (cloud.state_dir(), cloud.daemon_pid());
    let ended = tokio::task::spawn_blocking({
        let state_dir = state_dir.clone();
        move || down(&state_dir)
    });
    assert_eq!(ended.await.unwrap().unwrap(), Down { daemon: Some(daemon), guests: vec![id] });
    assert!(processes_mentioning(&cloud.guest_dir(id)).is_empty());
    assert!(!state_dir.join("local.json").exists());
    let seen = status(&state_dir).unwrap();
    assert_eq!((seen.daemon.is_none(), seen.servers[0].status), (true, "off"));
    assert_eq!(down(&state_dir).unwrap(), Down::default(), "again there is nothing to end");
    cloud.restart().await;
    cloud.api.becomes(id, "off").await;
}

#[tokio::test]
async fn going_down_also_ends_guests_whose_daemon_is_dead() {
    let mut cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("a", json!({})).await;
    cloud.kill_daemon();
    assert_eq!(down(&cloud.state_dir()).unwrap(), Down { daemon: None, guests: vec![id] });
    assert!(processes_mentioning(&cloud.guest_dir(id)).is_empty());
}

#[tokio::test]
async fn killing_a_shim_kills_its_guest_and_the_server_is_off() {
    let cloud = TestCloud::start(Emulator::Script).await;
    let id = cloud.api.running_server("a", json!({})).await;
    let shim = fs::read_to_string(cloud.guest_dir(id).join("lock")).unwrap();
    Command::new("kill").args(["-9", &shim]).status().unwrap();
    cloud.api.becomes(id, "off").await;
    eventually("QEMU is dead too", async || {
        processes_mentioning(&cloud.guest_dir(id)).is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_user_without_privileges_runs_guests_of_their_own() {
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return skip(
            "a_user_without_privileges_runs_guests_of_their_own",
            "only root can become another user",
        );
    }
    let cloud = TestCloud::start_as_nobody(Emulator::Script).await;
    let id = cloud.api.running_server("a", json!({})).await;
    let processes = processes_mentioning(&cloud.guest_dir(id));
    assert_eq!(processes.len(), 2, "a shim and its QEMU");
    let namespace = |pid: u32| fs::read_link(format!("/proc/{pid}/ns/net")).unwrap();
    for pid in processes {
        assert_eq!(fs::metadata(format!("/proc/{pid}")).unwrap().uid(), 65534);
        assert_ne!(namespace(pid), namespace(cloud.daemon_pid()), "it has a network of its own");
    }
    cloud.api.remove(id).await;
    assert!(processes_mentioning(&cloud.guest_dir(id)).is_empty());
}

#[test]
fn there_is_nothing_to_see_and_nothing_to_end_where_no_cloud_ever_was() {
    let dir = tempfile::tempdir().unwrap();
    let seen = status(dir.path()).unwrap();
    assert!(seen.daemon.is_none() && seen.servers.is_empty());
    assert_eq!(down(dir.path()).unwrap(), Down::default());
    assert!(matches!(clawlets_local_cloud::Endpoint::read(dir.path()), Err(Error::NotRunning { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "looking leaves no trace");
}
