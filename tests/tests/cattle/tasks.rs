//! What a task can be, and how it can end.

use std::fs;

use clawlets_tests::{ModelServer, World, eventually};
use serde_json::json;

fn world() -> World {
    let mut world = World::start();
    world.configure("");
    world.orchestrate();
    world
}

fn command(script: &str, more: &serde_json::Value) -> String {
    let mut task =
        json!({ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["sh", "-c", script] });
    for (key, value) in more.as_object().into_iter().flatten() {
        task[key] = value.clone();
    }
    task.to_string()
}

#[test]
fn a_command_hashes_a_file_it_was_given_and_its_artifact_comes_back() {
    let world = world();
    let task = command(
        "mkdir -p out && sha256sum data/in.txt | tee out/digest.txt && echo done >&2",
        &json!({ "inputs": [{ "name": "data/in.txt", "text": "hello\n" }], "artifacts": ["out/*"] }),
    );
    let id = world.spawn(&task, "5m", &[]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!((job["status"].as_str(), job["reason"].as_str()), (Some("done"), Some("finished")), "{job:#}");
    let digest = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    let logs = world.logs(&id);
    assert!(logs.contains(digest) && logs.contains("done"), "{logs}");

    world.clawlets(&["cattle", "artifacts", &id, "--out", "got"]).succeeds();
    let artifact = fs::read_to_string(world.path("got/out/digest.txt")).unwrap();
    assert_eq!(artifact, format!("{digest}  data/in.txt\n"));

    world.until(&id, "vm", &["gone"]);
    assert_eq!(world.servers(), 0);
    assert!(world.logs(&id).contains(digest), "logs outlive the VM");
    let result = world.clf(&["jobs", "result", &id, "--json"]).json();
    assert_eq!(
        (result["exitCode"].as_i64(), &result["artifacts"][0]["name"]),
        (Some(0), &json!("out/digest.txt"))
    );
}

#[test]
fn an_agent_task_thinks_with_a_key_that_only_the_orchestrator_knew() {
    let key = "sk-scripted-0123456789abcdef";
    let model = ModelServer::start(key, "The answer is 42.").unwrap();
    let mut world = World::start();
    let key_file = world.write("model-key", key);
    fs::set_permissions(&key_file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    fs::write(world.path("cattle/personas/rex/SOUL.md"), "You are Rex, a careful dog.\n").unwrap();
    world.configure(&format!(
        "[secrets]\nZAI_API_KEY = {{ file = {key_file:?} }}\n[models.zai]\nbase_url = \"http://{address}/v1\"\n[cattle.egress]\nallow = [\"{address}\"]\n",
        address = model.address()
    ));
    world.orchestrate();
    let task =
        json!({ "schemaVersion": 1, "taskId": "ask", "type": "agent", "message": "What is the answer?" });
    let id = world.spawn(&task.to_string(), "5m", &["--model", "zai/glm-test"]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!(job["status"], "done", "{job:#}\n{}", world.logs(&id));
    assert!(world.logs(&id).contains("The answer is 42."));
    let result = world.clf(&["jobs", "result", &id, "--json"]).json();
    assert!(result["output"].as_str().unwrap_or_default().contains("The answer is 42."), "{result:#}");

    let requests = model.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let request: serde_json::Value = serde_json::from_str(&requests[0]).unwrap();
    assert_eq!(request["model"], "glm-test");
    assert_eq!(request["messages"][0]["role"], "system");
    assert!(request["messages"][0]["content"].as_str().unwrap().contains("You are Rex"), "{request:#}");
    assert_eq!(request["messages"][1]["content"], "What is the answer?");
    let said = format!("{}{}{}", world.logs(&id), world.orchestrator_log(), result);
    assert!(!said.contains(key), "the key is in an output");
}

#[test]
fn a_task_that_fails_ends_as_failed_with_its_exit_code() {
    let world = world();
    let id = world.spawn(&command("echo so far >&2; exit 7", &json!({})), "5m", &[]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!(
        (job["status"].as_str(), job["reason"].as_str()),
        (Some("failed"), Some("nonzero")),
        "{job:#}"
    );
    assert_eq!(job["exitCode"], 7);
    let wait = world.clf(&["jobs", "wait", &id]);
    assert_eq!(wait.code(), 1, "{}", wait.talk());
    world.until_no_vm_remains();
}

#[test]
fn a_task_beyond_its_timeout_is_ended() {
    let world = world();
    let id = world.spawn(&command("echo begun; sleep 600", &json!({ "timeout": "2s" })), "5m", &[]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!(
        (job["status"].as_str(), job["reason"].as_str()),
        (Some("failed"), Some("timeout")),
        "{job:#}"
    );
    assert!(world.logs(&id).contains("begun"));
    world.until_no_vm_remains();
}

#[test]
fn a_task_that_outlives_its_ttl_is_ended_with_its_vm() {
    let world = world();
    let id = world.spawn(&command("sleep 600", &json!({})), "1m", &[]);
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!((job["status"].as_str(), job["reason"].as_str()), (Some("failed"), Some("ttl")), "{job:#}");
    world.until_no_vm_remains();
}

#[test]
fn a_task_that_is_canceled_while_it_runs_is_ended() {
    let world = world();
    let id = world.spawn(&command("echo begun; sleep 600", &json!({})), "5m", &[]);
    world.until(&id, "phase", &["running"]);
    eventually("the task has begun", || world.logs(&id).contains("begun").then_some(()));
    world.clf(&["jobs", "cancel", &id]).succeeds();
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!(
        (job["status"].as_str(), job["reason"].as_str()),
        (Some("canceled"), Some("canceled")),
        "{job:#}"
    );
    world.until_no_vm_remains();
    assert_eq!(world.clf(&["jobs", "cancel", &id]).code(), 5, "a job that ended cannot be canceled");
}

#[test]
fn waiting_for_a_task_shows_its_phases_and_ends_with_its_verdict() {
    let world = world();
    let task = world.write("task.json", &command("echo hello", &json!({})));
    let run = world.clawlets(&[
        "cattle",
        "spawn",
        "--persona",
        "rex",
        "--task-file",
        task.to_str().unwrap(),
        "--ttl",
        "5m",
        "--wait",
    ]);
    run.succeeds();
    assert!(run.talk().contains("Boot VM: cattle-rex-"), "{}", run.talk());
    world.until_no_vm_remains();
    let leaks = world.clawlets(&["cattle", "leaks", "--json"]).json();
    assert_eq!(leaks["cattle"], json!([]));
}

#[test]
fn the_same_idempotency_key_gives_the_same_job() {
    let world = world();
    let task = command("echo once", &json!({}));
    let first = world.spawn(&task, "5m", &["--idempotency-key", "k-1"]);
    let second = world.spawn(&task, "5m", &["--idempotency-key", "k-1"]);
    assert_eq!(first, second);
    let other = world.write("other.json", &command("echo twice", &json!({})));
    let conflict = world.clf(&[
        "jobs",
        "enqueue",
        "cattle.spawn",
        "--persona",
        "rex",
        "--task-file",
        other.to_str().unwrap(),
        "--ttl",
        "5m",
        "--idempotency-key",
        "k-1",
    ]);
    assert_eq!(conflict.code(), 5, "{}", conflict.talk());
    world.until(&first, "vm", &["gone"]);
}
