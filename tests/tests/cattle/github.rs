//! A spawn with a token for GitHub, in a real VM.

use std::fs;

use clawlets_github_stand_in::Github;
use clawlets_tests::{World, eventually};
use serde_json::json;
use sha2::{Digest, Sha256};

#[test]
fn a_task_gets_a_github_token_that_ends_with_it_and_leaves_the_vm_nowhere() {
    let github = Github::start();
    let mut world = World::start_with(&["--cold"]);
    let key = world.write("app.pem", &github.pem().pkcs8);
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    world.configure(&format!(
        "[github]\napp_id = {}\ninstallation_id = {}\nprivate_key_file = {key:?}\nrepositories = [\"clawlets\"]\npermissions = {{ contents = \"read\" }}\nendpoint = \"{}\"\n",
        Github::APP_ID,
        Github::INSTALLATION_ID,
        github.api()
    ));
    world.orchestrate();
    let script = r#"printf %s "$GITHUB_TOKEN" | sha256sum; echo "it is $GITHUB_TOKEN"; echo "to stderr: $GITHUB_TOKEN" >&2
        mkdir out; echo "$GITHUB_TOKEN" >out/token; echo fine >out/fine"#;
    let task = json!({
        "schemaVersion": 1, "taskId": "t", "type": "command", "argv": ["sh", "-c", script], "artifacts": ["out/*"],
    });
    let file = world.write("task.json", &task.to_string());
    let spawned = world.clawlets(&[
        "cattle",
        "spawn",
        "--persona",
        "rex",
        "--task-file",
        file.to_str().unwrap(),
        "--ttl",
        "5m",
        "--with-github-token",
        "--json",
    ]);
    let id = spawned.json()["jobId"].as_str().unwrap().to_owned();
    let job = world.until(&id, "status", &["done", "failed", "canceled"]);
    assert_eq!(job["status"], "done", "{job:#}\n{}", world.logs(&id));

    let minted = github.minted();
    assert_eq!(minted.len(), 1);
    let token = &minted[0].token;
    assert_eq!(minted[0].repositories.iter().collect::<Vec<_>>(), ["clawlets"]);
    let logs = world.logs(&id);
    assert!(logs.contains(&hex::encode(Sha256::digest(token))), "the task saw another token: {logs}");
    assert_eq!(logs.matches("<redacted>").count(), 2, "{logs}");
    world.clawlets(&["cattle", "artifacts", &id, "--out", "got"]).succeeds();
    assert!(world.path("got/out/fine").exists() && !world.path("got/out/token").exists());
    let result = world.clf(&["jobs", "result", &id, "--json"]).succeeds();
    let events = world.clf(&["jobs", "events", &id, "--json"]).succeeds();
    let said = format!("{logs}{result}{events}{}", world.orchestrator_log());
    assert!(!said.contains(token.as_str()), "the token is in an output");

    eventually("the token is revoked", || github.minted()[0].is_revoked.then_some(()));
    eventually("the end of the token is recorded", || {
        (world.events(&id).iter().filter(|event| *event == "github-token").count() == 2).then_some(())
    });
    world.until_no_vm_remains();
}
