//! What a bot may not do, whatever its prompt says. Other users are needed for that, hence root.

use std::{
    fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
};

use clawlets_tests::{Run, World, eventually, is_root, skip};
use serde_json::json;

const MAREN: u32 = 64_001;
const OTTO: u32 = 64_002;
const STRANGER: u32 = 64_003;
/// `users`, which every Debian has.
const GROUP: u32 = 100;

/// A world whose socket belongs to a group that three users are in, two of them bots.
fn world_of_bots() -> Option<World> {
    if !is_root() {
        skip("cattle::bots", "needs root, to act as other users");
        return None;
    }
    let mut world = World::start_with(&["--cold"]);
    let key = world.write("key", "sk-secret-of-the-host-12345");
    fs::set_permissions(&key, PermissionsExt::from_mode(0o600)).unwrap();
    fs::create_dir_all(world.path("personas")).unwrap();
    let copied = Run::of(
        std::process::Command::new("cp")
            .arg("-r")
            .arg(world.path("cattle/personas/rex"))
            .arg(world.path("personas")),
    );
    copied.succeeds();
    let config = world.configure(&format!(
        "[secrets]\nZAI_API_KEY = {{ file = {key:?} }}\nOTHER_KEY = {{ file = {key:?} }}\n\
         [bots.maren]\nmax_active = 2\n[bots.otto]\nmax_active = 2\n\
         [identity]\nuids = {{ \"{MAREN}\" = \"maren\", \"{OTTO}\" = \"otto\" }}\n"
    ));
    let text = fs::read_to_string(&config).unwrap();
    let lines = text.lines().map(|line| match line.split_once(" = ") {
        Some(("personas", _)) => format!("personas = {:?}", world.path("personas")),
        Some(("socket_group", _)) => "socket_group = \"users\"".to_owned(),
        Some(_) | None => line.to_owned(),
    });
    fs::write(&config, lines.collect::<Vec<_>>().join("\n")).unwrap();
    for folder in [world.path("."), world.path("state")] {
        fs::set_permissions(folder, PermissionsExt::from_mode(0o755)).unwrap();
    }
    world.orchestrate();
    Some(world)
}

fn clf(world: &World, uid: u32, arguments: &[&str]) -> Run {
    Run::of(world.command("clf").args(arguments).uid(uid).gid(GROUP))
}

fn task(world: &World, script: &str) -> String {
    let task = json!({ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["sh", "-c", script] });
    let path = world.write("bot-task.json", &task.to_string());
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_bots_task_that_prints_its_environment_sees_no_key() {
    let Some(world) = world_of_bots() else { return };
    let file = task(&world, "env; cat /proc/1/environ /proc/*/environ 2>/dev/null | tr '\\0' '\\n'");
    let run = clf(
        &world,
        MAREN,
        &[
            "jobs",
            "enqueue",
            "cattle.spawn",
            "--persona",
            "rex",
            "--task-file",
            &file,
            "--ttl",
            "5m",
            "--json",
        ],
    );
    let id = run.json()["jobId"].as_str().unwrap().to_owned();
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!((job["status"].as_str(), job["requester"].as_str()), (Some("done"), Some("maren")), "{job:#}");
    let logs = world.logs(&id);
    assert!(logs.contains("PATH="), "{logs}");
    assert!(
        !logs.contains("sk-secret") && !logs.contains("API_KEY") && !logs.contains("OTHER_KEY"),
        "{logs}"
    );
    world.until_no_vm_remains();
}

#[test]
fn a_bot_sees_and_touches_only_its_own_jobs() {
    let Some(world) = world_of_bots() else { return };
    let file = task(&world, "sleep 600");
    let run = clf(
        &world,
        MAREN,
        &[
            "jobs",
            "enqueue",
            "cattle.spawn",
            "--persona",
            "rex",
            "--task-file",
            &file,
            "--ttl",
            "5m",
            "--json",
        ],
    );
    let id = run.json()["jobId"].as_str().unwrap().to_owned();
    for verb in ["show", "logs", "events", "cancel", "result", "artifacts"] {
        let run = clf(&world, OTTO, &["jobs", verb, &id]);
        assert_eq!(run.code(), 3, "{verb}: {}{}", run.out(), run.talk());
    }
    assert_eq!(clf(&world, OTTO, &["jobs", "list", "--json"]).json()["jobs"], json!([]));
    assert_eq!(clf(&world, STRANGER, &["jobs", "list"]).code(), 6);
    assert_eq!(clf(&world, MAREN, &["jobs", "cancel", &id]).code(), 0);
    world.until(&id, "status", &["canceled"]);
    world.until_no_vm_remains();
}

#[test]
fn a_bot_cannot_speak_for_another_or_set_what_is_for_operators() {
    let Some(world) = world_of_bots() else { return };
    let file = task(&world, "true");
    let base = ["jobs", "enqueue", "cattle.spawn", "--persona", "rex", "--task-file", &file, "--ttl", "5m"];
    let run = clf(&world, MAREN, &[&base[..], &["--requester", "otto"]].concat());
    assert_eq!(run.code(), 6, "{}", run.talk());
    let run = Run::of(
        world
            .command("clawlets")
            .current_dir("/")
            .args([
                "cattle",
                "spawn",
                "--persona",
                "rex",
                "--task-file",
                &file,
                "--ttl",
                "5m",
                "--image",
                "other",
            ])
            .uid(MAREN)
            .gid(GROUP),
    );
    assert_eq!(run.code(), 6, "{}", run.talk());
    assert!(run.talk().contains("image"), "{}", run.talk());
    let run = Run::of(world.command("clawlets").args(["cattle", "list"]).uid(MAREN).gid(GROUP));
    assert_eq!(run.code(), 6, "{}", run.talk());
    eventually("no job was made", || (world.servers() == 0).then_some(()));
}
