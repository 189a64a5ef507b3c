//! `clf fleet`, against a control API that answers what it is told.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex},
    thread,
};

use clawlets_stand_in::{Ran, StandIn};
use serde_json::{Value, json};

use crate::bench::command;

/// A control API on loopback. The last answer is given again when there is no other.
struct Control {
    url: String,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Control {
    fn start(answers: &[(u16, Value)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let (kept, answers) = (Arc::clone(&asked), answers.to_vec());
        thread::spawn(move || {
            for (at, mut stream) in listener.incoming().map_while(Result::ok).enumerate() {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut line, mut length, mut bearer) = (String::new(), 0, String::new());
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    let (name, value) = line.split_once(':').unwrap_or_default();
                    match name.to_ascii_lowercase().as_str() {
                        "content-length" => length = value.trim().parse().unwrap(),
                        "authorization" => bearer = value.trim().to_owned(),
                        _ => {}
                    }
                    line.clear();
                }
                let mut body = vec![0; length];
                if reader.read_exact(&mut body).is_err() {
                    continue;
                }
                kept.lock().unwrap().push((bearer, serde_json::from_slice(&body).unwrap()));
                let (status, answer) = &answers[at.min(answers.len() - 1)];
                let answer = answer.to_string();
                let head =
                    format!("HTTP/1.1 {status} .\r\ncontent-length: {}\r\nconnection: close", answer.len());
                let _ = stream.write_all(format!("{head}\r\n\r\n{answer}").as_bytes());
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<(String, Value)> {
        self.asked.lock().unwrap().clone()
    }

    /// Runs `clf` on a host that is `web-1`.
    fn clf(&self, words: &[&str]) -> Ran {
        let stand_in = StandIn::start();
        let file = stand_in.folder().join("token");
        std::fs::write(&file, "the-token-of-web-1\n").unwrap();
        let mut command = command(&stand_in, words);
        command.env("CONTROL_API_URL", &self.url).env("CONTROL_API_TOKEN_FILE", &file);
        Ran::of(command.env("CLAWLETS_INSTANCE", "web-1"))
    }
}

fn refusal(status: u16, code: &str) -> (u16, Value) {
    (status, json!({ "ok": false, "error": "it is not to be", "code": code }))
}

fn accepted() -> (u16, Value) {
    (200, json!({ "ok": true, "message": "The deploy of web-2 is started.", "requestId": "r-1" }))
}

fn status(state: &str, health: &str) -> (u16, Value) {
    let instance = json!({ "name": "web-2", "id": "i-1", "state": "running", "ami": "ami-1", "ip": null, "health": health });
    let run = json!({ "id": 7, "status": "completed", "conclusion": "success", "url": "https://github.com/acme/fleet/actions/runs/7" });
    let deploy = json!({ "requestId": "r-1", "target": "web-2", "by": "instance:web-1", "at": "2026-11-21T12:00:00Z", "state": state, "run": run });
    (200, json!({ "ok": true, "instances": [instance], "asOf": "2026-11-21T12:00:00Z", "deploy": deploy }))
}

#[test]
fn a_bot_asks_with_its_own_token_and_says_which_host_it_is() {
    let control = Control::start(&[accepted()]);
    let ran = control.clf(&["fleet", "deploy", "web-2"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let expected = json!({ "action": "deploy", "target": "web-2", "caller": "web-1" });
    assert_eq!(control.asked(), [("Bearer the-token-of-web-1".to_owned(), expected)]);
    assert!(ran.out.contains("request  r-1"), "{ran}");
}

#[test]
fn a_refusal_ends_it_with_the_code_of_its_kind() {
    for ((status, code), exit) in [
        ((400, "unknown_target"), 2),
        ((401, "unauthorized"), 6),
        ((403, "self_deploy"), 6),
        ((403, "all_by_bot"), 6),
        ((403, "too_soon"), 6),
        ((409, "deploy_running"), 5),
        ((429, "too_many_requests"), 4),
        ((502, "upstream"), 7),
        ((503, "audit_closed"), 7),
        ((504, "upstream_timeout"), 7),
        ((500, "of_tomorrow"), 1),
    ] {
        for words in
            [&["fleet", "deploy", "web-1"][..], &["fleet", "status"], &["fleet", "deploy", "web-1", "--json"]]
        {
            let ran = Control::start(&[refusal(status, code)]).clf(words);
            assert_eq!(ran.code, Some(exit), "{code}: {ran}");
            assert!(ran.talk.contains("it is not to be") && !ran.talk.contains("the-token"), "{ran}");
        }
    }
}

#[test]
fn what_is_no_control_api_is_said_so() {
    let ran = Control::start(&[(200, json!("<html>"))]).clf(&["fleet", "status"]);
    assert_eq!(ran.code, Some(7), "{ran}");
    assert!(ran.talk.contains("clawlets::control::protocol"), "{ran}");
}

#[test]
fn a_host_without_a_control_api_or_a_token_is_told_what_is_missing() {
    let stand_in = StandIn::start();
    let ran = Ran::of(command(&stand_in, &["fleet", "status"]).env("CONTROL_API_TOKEN", "x"));
    assert_eq!(ran.code, Some(3), "{ran}");
    assert!(ran.talk.contains("/etc/clawlets/control-url"), "{ran}");
    let missing = stand_in.folder().join("missing");
    let mut command = command(&stand_in, &["fleet", "status"]);
    let ran =
        Ran::of(command.env("CONTROL_API_URL", "http://127.0.0.1:9").env("CONTROL_API_TOKEN_FILE", &missing));
    assert_eq!(ran.code, Some(3), "{ran}");
    let ran =
        Ran::of(command.env("CONTROL_API_URL", "http://control.example").env("CONTROL_API_TOKEN", "hunter2"));
    assert!(ran.code == Some(3) && ran.talk.contains("https") && !ran.talk.contains("hunter2"), "{ran}");
}

#[test]
fn a_wait_ends_as_the_deploy_does() {
    for (state, health, exit, words) in [
        ("succeeded", "healthy", 0, "succeeded"),
        ("succeeded", "unhealthy", 1, "is not well: web-2"),
        ("failed", "healthy", 1, "failed"),
        ("cancelled", "healthy", 1, "cancelled"),
        ("missing", "healthy", 1, "no run came of it"),
        ("expired", "healthy", 1, "expired"),
    ] {
        let control = Control::start(&[accepted(), status("in_progress", "healthy"), status(state, health)]);
        let ran = control.clf(&["fleet", "deploy", "web-2", "--wait"]);
        assert_eq!(ran.code, Some(exit), "{state} {health}: {ran}");
        assert!(ran.talk.contains(words), "{state} {health}: {ran}");
    }
}

#[test]
fn the_status_is_a_table_or_a_document_and_warns_of_what_is_old() {
    let (_, mut answer) = status("succeeded", "healthy");
    answer["stale"] = json!(true);
    answer["ageSeconds"] = json!(90);
    answer["unavailable"] = json!(["aws: no answer\u{1b}[2J"]);
    let control = Control::start(&[(200, answer)]);
    let ran = control.clf(&["fleet", "status"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.out.contains("web-2") && ran.out.contains("running") && ran.out.contains("healthy"), "{ran}");
    assert!(ran.talk.contains("90 s old") && !ran.talk.contains('\u{1b}'), "{ran}");
    let ran = control.clf(&["fleet", "status", "--json"]);
    assert_eq!(
        (ran.json()["stale"].clone(), ran.json()["instances"][0]["name"].clone()),
        (json!(true), json!("web-2"))
    );
}
