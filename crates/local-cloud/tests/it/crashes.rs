//! The daemon is killed in the middle of what it does for guests that are nobody's yet. Nothing may be left of it.

use std::{fs, time::Duration};

use serde_json::json;

use crate::support::{Emulator, TestCloud, eventually, processes_mentioning, real_qemu_is_missing};

/// Everything that runs below the state directory, apart from the daemon and the guests of these servers.
fn strays(cloud: &TestCloud, servers: &[u64]) -> Vec<u32> {
    let known: Vec<u32> = servers.iter().flat_map(|id| processes_mentioning(&cloud.guest_dir(*id))).collect();
    let all = processes_mentioning(&cloud.state_dir());
    all.into_iter().filter(|pid| *pid != cloud.daemon_pid() && !known.contains(pid)).collect()
}

async fn nothing_is_left(cloud: &TestCloud, servers: &[u64], when: &str) {
    eventually(when, async || {
        let strays = strays(cloud, servers);
        strays.is_empty().then_some(())
    })
    .await;
}

/// Waits until a guest that is nobody's is being made in a folder.
async fn is_making(cloud: &TestCloud, folder: &str) {
    let folder = cloud.state_dir().join("local").join(folder);
    eventually("something is being made", async || (!processes_mentioning(&folder).is_empty()).then_some(()))
        .await;
}

#[tokio::test]
async fn a_daemon_killed_while_it_makes_a_template_leaves_nothing() {
    if real_qemu_is_missing("a_daemon_killed_while_it_makes_a_template_leaves_nothing") {
        return;
    }
    let mut cloud = TestCloud::start(Emulator::Copied).await;
    is_making(&cloud, "templates").await;
    cloud.kill_daemon();
    nothing_is_left(&cloud, &[], "the template's guest has ended with the daemon").await;
    assert_eq!(cloud.nobodies().len(), 1, "its directory is still there");
    cloud.restart().await;
    cloud.has_template().await;
    assert!(cloud.nobodies().is_empty());
}

#[tokio::test]
async fn a_daemon_killed_while_it_fills_its_pool_leaves_nothing_but_the_guests_of_servers() {
    if real_qemu_is_missing(
        "a_daemon_killed_while_it_fills_its_pool_leaves_nothing_but_the_guests_of_servers",
    ) {
        return;
    }
    let mut cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(1).await;
    let server = cloud.api.running_server("stays", json!({ "user_data": "sleep 1000\n" })).await;
    let guest = processes_mentioning(&cloud.guest_dir(server));
    is_making(&cloud, "pool").await;
    cloud.kill_daemon();
    nothing_is_left(&cloud, &[server], "the pool has ended with the daemon").await;
    assert_eq!(processes_mentioning(&cloud.guest_dir(server)), guest, "a server's guest runs on");
    assert!(!cloud.nobodies().is_empty());
    let fresh = cloud.fresh();
    cloud.restart().await;
    cloud.has_template().await;
    assert!(cloud.nobodies().is_empty());
    cloud.has_fresh().await;
    assert_eq!((fresh.len(), cloud.fresh().len()), (1, 1), "it was ended with the others, and made anew");
    cloud.api.becomes(server, "running").await;
    assert_eq!(cloud.origin(server).await, "pool");
}

#[tokio::test]
async fn a_daemon_killed_while_a_guest_is_claimed_carries_the_order_to_its_end() {
    if real_qemu_is_missing("a_daemon_killed_while_a_guest_is_claimed_carries_the_order_to_its_end") {
        return;
    }
    let mut cloud = TestCloud::start(Emulator::Copied).await;
    // Somewhere between the answer to the order and the end of the claim.
    for microseconds in [0, 2_000] {
        cloud.has_pool(1).await;
        let name = format!("after-{microseconds}");
        let user_data = json!({ "user_data": "echo I am $server; sleep 1000\n" });
        let ordered = cloud.api.order(&name, user_data).await.expect(201);
        let server = ordered.body["server"]["id"].as_u64().unwrap();
        std::thread::sleep(Duration::from_micros(microseconds));
        cloud.kill_daemon();
        cloud.restart().await;
        let start = ordered.body["next_actions"][0]["id"].as_u64().unwrap();
        assert_eq!(cloud.api.finished(start).await["status"], "success", "{name}");
        let console = cloud.guest_dir(server).join("console.log");
        eventually("the guest is somebody", async || {
            let text = fs::read_to_string(&console).unwrap_or_default();
            (text.contains(&format!("I am {server}\r\n")) || text.contains("I am booted\r\n")).then_some(())
        })
        .await;
        let spec = fs::read_to_string(cloud.guest_dir(server).join("spec.json")).unwrap();
        assert!(spec.contains(&format!("\"server_id\": {server}")), "{spec}");
        cloud.api.remove(server).await;
        assert!(processes_mentioning(&cloud.guest_dir(server)).is_empty());
    }
    cloud.api.post("/_local/pool", json!({ "size": 0 })).await.expect(200);
    eventually("the pool is empty", async || cloud.nobodies().is_empty().then_some(())).await;
    cloud.tell_daemon_to_end();
    nothing_is_left(&cloud, &[], "nothing runs any more").await;
    assert!(cloud.fresh().is_empty());
}

#[tokio::test]
async fn a_daemon_that_is_told_to_end_takes_its_pool_with_it_and_leaves_servers_alone() {
    if real_qemu_is_missing("a_daemon_that_is_told_to_end_takes_its_pool_with_it_and_leaves_servers_alone") {
        return;
    }
    let mut cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(1).await;
    let server = cloud.api.running_server("stays", json!({ "user_data": "sleep 1000\n" })).await;
    let guest = processes_mentioning(&cloud.guest_dir(server));
    cloud.pool_is_full(1).await;
    cloud.tell_daemon_to_end();
    assert!(cloud.nobodies().is_empty());
    assert!(strays(&cloud, &[server]).is_empty());
    assert_eq!(processes_mentioning(&cloud.guest_dir(server)), guest);
}
