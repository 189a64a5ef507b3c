//! Taking all of something: processes, memory, disk, log.

use std::{fs, time::Duration};

use clawlets_tests::{World, eventually_within};
use serde_json::{Value, json};

use super::attacker;

const ENDED: &[&str] = &["done", "failed", "canceled"];
/// The most that a job's log may be, with the record that says so.
const LOG: u64 = 10 * 1024 * 1024 + 4096;

fn run(world: &World, script: &str, more: &Value) -> (String, Value) {
    let id = world.spawn(&attacker::task(script, more), "10m", &[]);
    let job = world.until(&id, "status", ENDED);
    (id, job)
}

fn world() -> World {
    let mut world = World::start_with(&["--cold"]);
    world.configure("");
    world.orchestrate();
    world
}

/// How many processes and threads this machine has.
fn processes_of_the_host() -> usize {
    let text = fs::read_to_string("/proc/loadavg").unwrap();
    text.split(['/', ' ']).nth(4).unwrap().parse().unwrap()
}

#[test]
fn a_fork_bomb_leaves_the_supervisor_its_word_and_the_host_its_processes() {
    let world = world();
    let before = processes_of_the_host();
    let (id, job) = run(&world, "/tmp/attacker fork; sleep 600", &json!({ "timeout": "20s" }));
    // The supervisor noticed, ended all of it and reported; a guest that was lost would be told otherwise.
    assert_eq!(job["status"], "failed", "{job:#}\n{}", world.logs(&id));
    assert!(["timeout", "oom"].contains(&job["reason"].as_str().unwrap()), "{job:#}");
    assert!(processes_of_the_host() < before + 500, "the guest's processes are the host's");
    world.until_no_vm_remains();
}

#[test]
fn a_full_disk_keeps_no_result_back() {
    let world = world();
    let script = "mkdir out; echo kept >out/kept\n\
        dd if=/dev/zero of=fill bs=1M 2>&1 | grep -q 'No space left' && echo disk is full\n\
        dd if=/dev/zero of=fill2 bs=4k count=1 2>/dev/null || echo still full\n\
        exit 0";
    let (id, job) = run(&world, script, &json!({ "artifacts": ["out/*"] }));
    let logs = world.logs(&id);
    assert_eq!(job["status"], "done", "{job:#}\n{logs}");
    assert!(logs.contains("disk is full") && logs.contains("still full"), "{logs}");
    world.clawlets(&["cattle", "artifacts", &id, "--out", "got"]).succeeds();
    assert_eq!(fs::read_to_string(world.path("got/out/kept")).unwrap(), "kept\n");
    world.until_no_vm_remains();
}

#[test]
fn who_fills_every_file_system_ends_itself_and_the_supervisor_reports_it() {
    let world = world();
    let script = "for place in . /tmp /dev/shm; do dd if=/dev/zero of=$place/fill bs=1M 2>/dev/null; done\n\
        x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo survived";
    let (id, job) = run(&world, script, &json!({}));
    assert_eq!(
        (job["status"].as_str(), job["reason"].as_str()),
        (Some("failed"), Some("oom")),
        "{job:#}\n{}",
        world.logs(&id)
    );
    world.until_no_vm_remains();
}

/// How many mebibytes of output a task writes: ten thousand take an emulated processor some minutes, and nothing depends
/// on how much comes after the end of the log.
fn mebibytes_of_output() -> u32 {
    let in_full = std::env::var_os("CLAWLETS_ATTACKS").is_some_and(|how| how == "full");
    if in_full { 10_240 } else { 128 }
}

#[test]
fn endless_output_becomes_ten_mebibytes_of_log_and_costs_the_orchestrator_nothing() {
    let world = world();
    let orchestrator = world.orchestrator_id().unwrap();
    let script = format!("tr '\\0' x </dev/zero | head -c {}m; echo the end >&2", mebibytes_of_output());
    let id = world.spawn(&attacker::task(&script, &json!({})), "30m", &[]);
    let job = eventually_within(Duration::from_secs(25 * 60), "all of it is written", || {
        let job = world.job(&id);
        ENDED.contains(&job["status"].as_str().unwrap_or_default()).then_some(job)
    });
    assert_eq!(job["status"], "done", "{job:#}");
    let log = world.path("state/orchestrator/logs").join(format!("{id}.ndjson"));
    let length = fs::metadata(&log).unwrap_or_else(|error| panic!("{}: {error}", log.display())).len();
    assert!(length <= LOG, "{length} bytes");
    assert!(fs::read_to_string(&log).unwrap().contains("truncated"));
    let status = fs::read_to_string(format!("/proc/{orchestrator}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < 128 * 1024, "the orchestrator took {peak} kB");
    world.until_no_vm_remains();
}
