//! What the program says before it serves.

use std::process::Stdio;

use serde_json::json;

use crate::support::{Kind, World};

#[test]
fn what_is_missing_is_named_all_at_once() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_clawlets-control"))
        .arg("serve")
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(78), "{talk}");
    for word in ["registry", "CONTROL_API_TOKEN", "github.repo", "GITHUB_TOKEN"] {
        assert!(talk.contains(word), "{word}: {talk}");
    }
}

#[test]
fn a_wrong_key_is_named_with_the_one_that_was_meant() {
    let world = World::prepare(Kind::Http, "requests_per_minit = 3\n");
    let output = world.command(&["check"]).output().unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(78), "{talk}");
    assert!(talk.contains("requests_per_minute") && talk.contains("clawlets::config::unknown_key"), "{talk}");
    let world = World::prepare(Kind::Http, "");
    assert_eq!(world.command(&["check"]).output().unwrap().status.code(), Some(0));
}

#[test]
fn somebody_at_the_server_asks_without_a_server() {
    use std::io::Write;
    let world = World::prepare(Kind::Http, "");
    let invoke = |request: serde_json::Value| {
        let mut command = world.command(&["invoke"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(request.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), answer)
    };
    let (code, answer) = invoke(json!({ "action": "deploy", "target": "all", "caller": "web-1" }));
    assert_eq!((code, &answer["code"]), (Some(6), &json!("all_by_bot")));
    let (code, answer) = invoke(json!({ "action": "deploy", "target": "all" }));
    assert_eq!((code, &answer["ok"]), (Some(0), &json!(true)));
    assert_eq!(invoke(json!({ "action": "deploy", "target": "web-1" })).0, Some(5));
    assert_eq!(world.github.dispatches().len(), 1);
    let faces: Vec<_> = world.audited().iter().map(|entry| json!(entry.face)).collect();
    assert!(faces.iter().all(|face| face == "direct") && faces.len() == 4, "{faces:?}");
}

#[test]
fn it_ends_when_it_is_asked_to() {
    let mut world = World::prepare(Kind::Http, "");
    let mut command = world.command(&["serve", "--listen", "127.0.0.1:0"]);
    let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let talk = child.stderr.take().unwrap();
    let line = std::io::BufRead::lines(std::io::BufReader::new(talk))
        .map_while(Result::ok)
        .find(|line| line.contains("listening on"));
    assert!(line.is_some());
    std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    world.kill();
}
