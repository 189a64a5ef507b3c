//! What goes wrong, and that no VM is left behind.

use clawlets_tests::{World, eventually, eventually_within};
use serde_json::json;
use std::time::Duration;

const ENDED: &[&str] = &["done", "failed", "canceled"];

fn task(script: &str) -> String {
    json!({ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["sh", "-c", script] }).to_string()
}

fn world(config: &str) -> World {
    let mut world = World::start_with(&["--cold"]);
    world.configure(config);
    world.orchestrate();
    world
}

/// How often the job's history says that it ended.
fn times_ended(world: &World, id: &str) -> usize {
    world.events(id).iter().filter(|event| *event == "ended").count()
}

#[test]
fn a_power_cut_while_a_vm_boots_ends_the_job_once_and_leaves_no_vm() {
    let mut world = world("");
    let id = world.spawn(&task("echo hello"), "5m", &[]);
    world.until(&id, "phase", &["booting"]);
    world.kill_orchestrator();
    world.orchestrate();
    let job = world.until(&id, "status", ENDED);
    assert_eq!(job["status"], "done", "{job:#}");
    assert_eq!(job["attempt"], 1, "the VM was adopted: {job:#}");
    assert_eq!(times_ended(&world, &id), 1);
    world.until_no_vm_remains();
}

#[test]
fn a_power_cut_while_a_task_runs_ends_the_job_once_and_leaves_no_vm() {
    let mut world = world("");
    let id = world.spawn(&task("for i in 1 2 3 4 5 6 7 8; do echo tick $i; sleep 1; done"), "5m", &[]);
    eventually("the task runs", || world.logs(&id).contains("tick 2").then_some(()));
    world.kill_orchestrator();
    world.orchestrate();
    let job = world.until(&id, "status", ENDED);
    assert_eq!(job["status"], "done", "{job:#}");
    assert_eq!(times_ended(&world, &id), 1);
    let logs = world.logs(&id);
    let ticks: Vec<_> = logs.lines().filter(|line| line.contains("tick ")).collect();
    assert_eq!(ticks.len(), 8, "no record is lost or doubled: {logs}");
    world.until_no_vm_remains();
}

#[test]
fn a_vm_powers_itself_off_when_the_orchestrator_is_dead_for_good() {
    let mut world = world("");
    let id = world.spawn(&task("sleep 600"), "1m", &[]);
    world.until(&id, "phase", &["running"]);
    world.kill_orchestrator();
    eventually_within(Duration::from_secs(90), "the VM is off", || {
        let status = world.clawlets(&["local", "status", "--json"]).json();
        (status["servers"][0]["status"] == "off").then_some(())
    });
}

#[test]
fn a_vm_that_never_calls_is_replaced_and_then_given_up() {
    let world = world("boot_timeout = \"1s\"\n");
    let id = world.spawn(&task("echo hello"), "5m", &["--max-attempts", "2"]);
    let job = world.until(&id, "status", ENDED);
    assert_eq!(
        (job["status"].as_str(), job["reason"].as_str()),
        (Some("failed"), Some("boot-failed")),
        "{job:#}"
    );
    assert_eq!(job["attempt"], 2);
    world.until_no_vm_remains();
}

#[test]
fn a_vm_that_is_deleted_behind_the_orchestrators_back_ends_its_job_as_lost() {
    let world = world("");
    let id = world.spawn(&task("sleep 600"), "5m", &[]);
    let job = world.until(&id, "phase", &["running"]);
    let status = world.clawlets(&["local", "status", "--json"]).json();
    let (endpoint, token) = (status["endpoint"].as_str().unwrap(), status["token"].as_str().unwrap());
    let header = world.write("header", &format!("Authorization: Bearer {token}"));
    let url = format!("{endpoint}/servers/{}", job["serverId"]);
    let curl = std::process::Command::new("curl")
        .args(["-fsS", "-X", "DELETE", "-H"])
        .arg(format!("@{}", header.display()))
        .arg(url)
        .output()
        .unwrap();
    assert!(curl.status.success(), "{}", String::from_utf8_lossy(&curl.stderr));
    let job = world.until(&id, "status", ENDED);
    assert_eq!((job["status"].as_str(), job["reason"].as_str()), (Some("failed"), Some("lost")), "{job:#}");
    world.until_no_vm_remains();
}

#[test]
fn a_second_daemon_on_the_same_store_is_refused_and_told_who_holds_it() {
    let world = world("");
    let second = clawlets_tests::Run::of(
        world.command("clf-orchestrator").arg("--config").arg(world.path("orchestrator.toml")),
    );
    assert_eq!(second.code(), 5, "{}", second.talk());
    assert!(second.talk().contains("pid") || second.talk().contains("process"), "{}", second.talk());
}
