//! A one-time token in the wrong hands. Who may read a server's user data holds it: here, the cloud's own folder.

use std::{
    fs,
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::PathBuf,
    time::Duration,
};

use clawlets_tests::{World, eventually};
use serde_json::{Value, json};

const ENDED: &[&str] = &["done", "failed", "canceled"];

fn world() -> World {
    let mut world = World::start_with(&["--cold"]);
    world.configure("");
    world.orchestrate();
    world
}

fn sleeper() -> String {
    json!({ "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["sleep", "600"] }).to_string()
}

/// The one-time token of a server, out of the user data that the local cloud keeps.
fn token(world: &World, server: u64) -> String {
    let spec: PathBuf = world.path("state/local/servers").join(server.to_string()).join("spec.json");
    let spec: Value = serde_json::from_str(&fs::read_to_string(spec).unwrap()).unwrap();
    let user_data = spec["user_data"].as_str().unwrap();
    let config: Value = serde_json::from_str(user_data.strip_prefix("#cloud-config\n").unwrap()).unwrap();
    let boot: Value = serde_json::from_str(config["write_files"][0]["content"].as_str().unwrap()).unwrap();
    boot["token"].as_str().unwrap().to_owned()
}

/// Redeems a token as if through the relay of `server`, and gives the status of the answer.
fn redeem(world: &World, server: u64, token: &str, nonce: &str) -> u16 {
    let id = server.to_string();
    let length = u8::try_from(3 + id.len()).unwrap();
    let mut bytes = b"\r\n\r\n\0\r\nQUIT\n\x21\x00".to_vec();
    bytes.extend([0, length, 5, 0, length - 3]);
    bytes.extend(id.bytes());
    bytes.extend(
        format!(
            "GET /v1/cattle/env HTTP/1.1\r\nHost: 10.0.2.2\r\nAuthorization: Bearer {token}\r\nClawlets-Boot-Nonce: {nonce}\r\nConnection: close\r\n\r\n"
        )
        .bytes(),
    );
    let mut stream = UnixStream::connect(world.path("state/orchestrator/relays/cattle.sock")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(&bytes).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn a_replayed_token_destroys_the_vm_and_is_recorded() {
    let world = world();
    let id = world.spawn(&sleeper(), "5m", &[]);
    let job = world.until(&id, "phase", &["running"]);
    let server = job["serverId"].as_u64().unwrap();
    let token = token(&world, server);
    assert_eq!(redeem(&world, server, &token, &"ab".repeat(16)), 401);
    let job = world.until(&id, "status", ENDED);
    assert_eq!(
        (job["status"].as_str(), job["reason"].as_str()),
        (Some("failed"), Some("incident")),
        "{job:#}"
    );
    assert!(world.events(&id).iter().any(|event| event == "incident"), "{:?}", world.events(&id));
    world.until_no_vm_remains();
    assert!(!world.orchestrator_log().contains(&token), "the token is in the log");
}

#[test]
fn a_token_from_another_vm_is_refused_and_spends_nothing() {
    let world = world();
    let first = world.spawn(&sleeper(), "5m", &[]);
    let mine = world.until(&first, "phase", &["running"])["serverId"].as_u64().unwrap();
    let second = world.spawn(&sleeper(), "5m", &[]);
    let server = eventually("the second VM exists", || world.job(&second)["serverId"].as_u64());
    let stolen = token(&world, server);
    assert_eq!(redeem(&world, mine, &stolen, &"cd".repeat(16)), 401);
    world.until(&second, "phase", &["running"]);
    assert!(world.events(&second).iter().any(|event| event == "incident"), "{:?}", world.events(&second));
    for id in [&first, &second] {
        world.clf(&["jobs", "cancel", id]).succeeds();
        world.until(id, "vm", &["gone"]);
    }
}
