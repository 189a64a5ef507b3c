//! Guests that are copied from a template: at once, or beforehand.

use std::{fs, process::Command};

use serde_json::{Value, json};

use crate::support::{
    Emulator, TestCloud, eventually, is_root, processes_mentioning, real_qemu_is_missing, skip,
};

/// What the guest has written to its console, once that holds `last`.
async fn console(cloud: &TestCloud, server: u64, last: &str) -> String {
    let path = cloud.guest_dir(server).join("console.log");
    eventually(last, async || fs::read_to_string(&path).ok().filter(|text| text.contains(last))).await
}

async fn phases(cloud: &TestCloud, server: u64) -> Vec<(String, i64)> {
    let timeline = cloud.api.get(&format!("/_local/servers/{server}/timeline")).await.expect(200);
    let phases = timeline.body["timeline"]["phases"].as_array().unwrap().clone();
    phases
        .iter()
        .map(|one| (one["phase"].as_str().unwrap().to_owned(), one["us"].as_i64().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_guest_is_booted_until_there_is_a_template_and_then_copied() {
    if real_qemu_is_missing("a_guest_is_booted_until_there_is_a_template_and_then_copied") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Copied).await;
    let user_data = "echo I am $server; sleep 1000\n";
    let first = cloud.api.running_server("first", json!({ "user_data": user_data })).await;
    assert_eq!(cloud.origin(first).await, "cold");
    cloud.has_template().await;
    assert!(cloud.nobodies().is_empty(), "a template that is made needs no directory");
    cloud.has_fresh().await;
    let second = cloud.api.running_server("second", json!({ "user_data": user_data })).await;
    assert_eq!(cloud.origin(second).await, "clone");
    console(&cloud, second, &format!("I am {second}\r\n")).await;
    console(&cloud, first, "I am booted\r\n").await;
    let phases = phases(&cloud, second).await;
    let names: Vec<&str> = phases.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "shim_started",
        "qemu_started",
        "greeted",
        "restored",
        "parked",
        "accepted",
        "begun",
        "asked",
        "connected",
        "claimed",
        "resumed",
        "running",
    ];
    assert_eq!(names, expected);
    assert!(phases.iter().all(|(name, us)| (name == "accepted") == (*us == 0)), "{phases:?}");
    for server in [first, second] {
        cloud.api.remove(server).await;
        assert!(processes_mentioning(&cloud.guest_dir(server)).is_empty());
    }
}

#[tokio::test]
async fn a_guest_out_of_the_pool_is_the_server_that_claims_it_and_the_pool_is_filled_up_again() {
    if real_qemu_is_missing(
        "a_guest_out_of_the_pool_is_the_server_that_claims_it_and_the_pool_is_filled_up_again",
    ) {
        return;
    }
    let cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(2).await;
    let parked = cloud.nobodies();
    let user_data = "echo I am $server; sleep 1000\n";
    let server = cloud.api.running_server("claimed", json!({ "user_data": user_data })).await;
    assert_eq!(cloud.origin(server).await, "pool");
    console(&cloud, server, &format!("I am {server}\r\n")).await;
    assert!(parked.iter().any(|dir| !dir.exists()), "its directory has become the server's");
    let spec: Value =
        serde_json::from_slice(&fs::read(cloud.guest_dir(server).join("spec.json")).unwrap()).unwrap();
    assert_eq!((&spec["server_id"], &spec["record"]["name"]), (&json!(server), &json!("claimed")));
    let phases = phases(&cloud, server).await;
    assert_eq!(phases.iter().filter(|(name, us)| name == "rehearsed" && *us < 0).count(), 3, "{phases:?}");
    cloud.pool_is_full(2).await;
    cloud.api.remove(server).await;
    assert!(processes_mentioning(&cloud.guest_dir(server)).is_empty());
}

#[tokio::test]
async fn whoever_finds_no_fresh_copy_has_one_made_and_a_dead_one_is_replaced() {
    if real_qemu_is_missing("whoever_finds_no_fresh_copy_has_one_made_and_a_dead_one_is_replaced") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_fresh().await;
    let before = cloud.fresh();
    for pid in processes_mentioning(&before[0]) {
        Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    }
    eventually("another one is there", async || (cloud.fresh() != before).then_some(())).await;
    cloud.has_fresh().await;
    // None can be made any more, as on a full disk.
    let folder = cloud.state_dir().join("local/fresh");
    let taken = cloud.api.running_server("taken", json!({ "user_data": "sleep 1000\n" })).await;
    eventually("the one is taken", async || {
        let _ = fs::remove_dir(&folder);
        fs::write(&folder, "").is_ok().then_some(())
    })
    .await;
    let user_data = "echo I am $server; sleep 1000\n";
    let made = cloud.api.running_server("made", json!({ "user_data": user_data })).await;
    for server in [taken, made] {
        assert_eq!(cloud.origin(server).await, "clone");
    }
    console(&cloud, made, &format!("I am {made}\r\n")).await;
    let phases = phases(&cloud, made).await;
    assert!(phases.iter().all(|(_, us)| *us >= 0), "nothing of it was made ahead: {phases:?}");
    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    cloud.has_fresh().await;
}

#[tokio::test]
async fn resetting_a_copy_starts_another_guest_for_the_same_server() {
    if real_qemu_is_missing("resetting_a_copy_starts_another_guest_for_the_same_server") {
        return;
    }
    let mut cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(1).await;
    let user_data = "echo I am $server; sleep 1000\n";
    let server = cloud.api.running_server("again", json!({ "user_data": user_data })).await;
    for (action, by_another_daemon) in [("reset", true), ("reboot", false)] {
        console(&cloud, server, &format!("I am {server}\r\n")).await;
        let before = processes_mentioning(&cloud.guest_dir(server));
        if by_another_daemon {
            // One that did not start the guest knows as well how it came to be.
            cloud.kill_daemon();
            cloud.restart().await;
            cloud.has_template().await;
        }
        assert_eq!(cloud.api.act(server, action, json!({})).await["status"], "success", "{action}");
        let after = processes_mentioning(&cloud.guest_dir(server));
        assert!(!after.is_empty() && after.iter().all(|pid| !before.contains(pid)), "{before:?} {after:?}");
    }
    console(&cloud, server, "I am").await;
    assert_eq!(cloud.api.act(server, "shutdown", json!({})).await["status"], "success");
    cloud.api.act(server, "poweroff", json!({})).await;
    cloud.api.becomes(server, "off").await;
    assert_eq!(cloud.origin(server).await, "none");
}

#[tokio::test]
async fn dead_entries_and_a_pool_that_cannot_be_filled_do_not_keep_servers_from_starting() {
    if real_qemu_is_missing("dead_entries_and_a_pool_that_cannot_be_filled_do_not_keep_servers_from_starting")
    {
        return;
    }
    let cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(1).await;
    let pool = cloud.state_dir().join("local/pool");
    // What is missing is noticed without anybody asking for it.
    for pid in processes_mentioning(&pool) {
        Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    }
    cloud.pool_is_full(1).await;
    // From now on nothing can be put into the pool, as on a full disk.
    cloud.api.post("/_local/pool", json!({ "size": 0 })).await.expect(200);
    eventually("the pool is empty", async || cloud.nobodies().is_empty().then_some(())).await;
    fs::remove_dir(&pool).unwrap();
    fs::write(&pool, "").unwrap();
    cloud.api.post("/_local/pool", json!({ "size": 2 })).await.expect(200);
    let server = cloud.api.running_server("other-way", json!({ "user_data": "sleep 1000\n" })).await;
    assert_eq!(cloud.origin(server).await, "clone");
    fs::remove_file(&pool).unwrap();
    fs::create_dir(&pool).unwrap();
    cloud.pool_is_full(2).await;
}

#[tokio::test]
async fn an_entry_that_dies_at_the_very_moment_of_its_claim_is_replaced_by_another_guest() {
    if real_qemu_is_missing("an_entry_that_dies_at_the_very_moment_of_its_claim_is_replaced_by_another_guest")
    {
        return;
    }
    let cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(1).await;
    let emulator = parked_emulator(&cloud);
    // It can be resumed, so that only the claim itself finds out that nobody answers.
    Command::new("kill").args(["-9", &emulator.to_string()]).status().unwrap();
    let server =
        cloud.api.running_server("unlucky", json!({ "user_data": "echo up $server\nsleep 1000\n" })).await;
    console(&cloud, server, &format!("up {server}\r\n")).await;
}

#[tokio::test]
async fn a_parked_guest_uses_no_processor_at_all() {
    if real_qemu_is_missing("a_parked_guest_uses_no_processor_at_all") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(1).await;
    let emulator = parked_emulator(&cloud);
    let stat = fs::read_to_string(format!("/proc/{emulator}/stat")).unwrap();
    assert_eq!(stat.rsplit(") ").next().unwrap().split(' ').next(), Some("T"), "{stat}");
}

/// The process of the pool's only entry that is QEMU.
fn parked_emulator(cloud: &TestCloud) -> u32 {
    let processes = processes_mentioning(&cloud.state_dir().join("local/pool"));
    let name = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let emulators: Vec<u32> = processes.into_iter().filter(|pid| name(pid).starts_with("qemu")).collect();
    assert_eq!(emulators.len(), 1, "{emulators:?}");
    emulators[0]
}

#[tokio::test]
async fn a_new_image_replaces_the_template_and_the_pool() {
    if real_qemu_is_missing("a_new_image_replaces_the_template_and_the_pool") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Copied).await;
    cloud.has_pool(1).await;
    let before = processes_mentioning(&cloud.state_dir().join("local/pool"));
    cloud.register_copy_of_the_image("built anew").await;
    eventually("the pool holds another guest", async || {
        let now = processes_mentioning(&cloud.state_dir().join("local/pool"));
        (!now.is_empty() && now.iter().all(|pid| !before.contains(pid))).then_some(())
    })
    .await;
    cloud.pool_is_full(1).await;
    let pool = cloud.api.get("/_local/pool").await.expect(200).body["pool"].clone();
    assert_eq!(pool["templates"].as_array().unwrap().len(), 2, "{pool}");
    let server = cloud.api.running_server("newer", json!({ "user_data": "sleep 1000\n" })).await;
    assert_eq!(cloud.origin(server).await, "pool");
}

#[tokio::test]
async fn a_guest_program_that_does_not_park_is_booted() {
    if real_qemu_is_missing("a_guest_program_that_does_not_park_is_booted") {
        return;
    }
    let cloud = TestCloud::start(Emulator::Qemu).await;
    cloud.api.post("/_local/pool", json!({ "size": 2 })).await.expect(200);
    let server = cloud.api.running_server("plain", json!({ "user_data": "echo up; sleep 1000\n" })).await;
    console(&cloud, server, "up\r\n").await;
    assert_eq!(cloud.origin(server).await, "cold");
    let pool = cloud.api.get("/_local/pool").await.expect(200).body["pool"].clone();
    assert_eq!((&pool["templates"], &pool["parked"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn a_user_without_privileges_has_copies_and_a_pool_too() {
    if !is_root() || real_qemu_is_missing("a_user_without_privileges_has_copies_and_a_pool_too") {
        return skip(
            "a_user_without_privileges_has_copies_and_a_pool_too",
            "only root can become another user",
        );
    }
    let cloud = TestCloud::start_as_nobody(Emulator::Copied).await;
    cloud.has_pool(1).await;
    for (name, origin) in [("first", "pool"), ("second", "clone")] {
        let user_data = "echo I am $server; sleep 1000\n";
        let server = cloud.api.running_server(name, json!({ "user_data": user_data })).await;
        assert_eq!(cloud.origin(server).await, origin);
        cloud.api.post("/_local/pool", json!({ "size": 0 })).await.expect(200);
        eventually("the pool is empty", async || cloud.nobodies().is_empty().then_some(())).await;
        console(&cloud, server, &format!("I am {server}\r\n")).await;
        cloud.api.remove(server).await;
        assert!(processes_mentioning(&cloud.guest_dir(server)).is_empty());
    }
}
