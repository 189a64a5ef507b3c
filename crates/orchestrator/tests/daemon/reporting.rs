//! What guests send: logs, artifacts, results.

use serde_json::{Value, json};
use sha2::Digest;

use crate::support::{Daemon, Guest, Provider, Site, agent_request, finished, spawn_request};

fn sha256(content: &[u8]) -> String {
    hex::encode(sha2::Sha256::digest(content))
}

fn lines(daemon: &Daemon, job: &str, query: &str) -> Vec<Value> {
    let text = daemon.get(&format!("/v1/jobs/{job}/logs{query}")).ok().text();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn records_arrive_once_and_in_order() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    guest.say(0, &["a", "b"]).ok();
    let gap = guest.say(3, &["d"]);
    assert_eq!((gap.status, gap.json()), (409, json!({ "expected": 2 })));
    assert_eq!(guest.say(1, &["b", "c", "d"]).ok().json()["next"], 4);
    let data: Vec<Value> = lines(&daemon, &job, "").iter().map(|record| record["data"].clone()).collect();
    assert_eq!(data, ["a", "b", "c", "d"]);
    assert_eq!(lines(&daemon, &job, "?from=3").len(), 1);
    assert_eq!(lines(&daemon, &job, "?since=1h").len(), 4);
    assert_eq!(lines(&daemon, &job, "?since=2999-01-01T00:00:00Z").len(), 0);
    assert_eq!(daemon.get(&format!("/v1/jobs/{job}/logs?since=yesterday")).status, 400);
}

#[test]
fn what_is_no_batch_of_records_is_refused() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    let large = "x".repeat(256 * 1024 + 1);
    for (name, batch, status) in [
        ("no json", "nonsense", 400),
        ("an unknown key", r#"{"seq":0,"t":"2026-01-01T00:00:00Z","stream":"stdout","data":"","x":1}"#, 400),
        ("too large", large.as_str(), 413),
    ] {
        let mut guest = guest.again(&site, provider.birth(0).server_id);
        let answer = guest.call("POST", "/v1/cattle/logs", &[], batch.as_bytes());
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
    assert_eq!(guest.say(0, &["fine"]).ok().json()["next"], 1);
    assert_eq!(lines(&daemon, &job, "").len(), 1);
}

#[test]
fn secrets_are_scrubbed_on_receipt_also_by_the_next_daemon() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&agent_request(json!({})));
    let birth = provider.birth(0);
    let mut guest = Guest::at_work(&site, &birth);
    guest.say(0, &["key: sk-zai-0123456789."]).ok();
    daemon.kill();
    let daemon = site.start();
    let mut guest = guest.again(&site, birth.server_id);
    guest.say(1, &["again: sk-zai-0123456789."]).ok();
    let mut result = finished();
    result["output"] = json!("it is sk-zai-0123456789");
    guest.report(&result).ok();
    guest.report(&result).ok();
    let data: Vec<Value> = lines(&daemon, &job, "").iter().map(|record| record["data"].clone()).collect();
    assert_eq!(data, ["key: <redacted>.", "again: <redacted>."]);
    let answer = daemon.get(&format!("/v1/jobs/{job}/result")).ok().json();
    assert_eq!(answer["output"], "it is <redacted>");
}

#[test]
fn artifacts_are_checked_and_bounded() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let birth = provider.birth(0);
    let guest = Guest::at_work(&site, &birth);
    let content = vec![7; 3 * 1024 * 1024];
    for (name, path, hash, status) in [
        ("a good one", "out/a.bin", sha256(&content), 200),
        ("the same again", "out/a.bin", sha256(&content), 200),
        ("another hash", "b", sha256(b"other"), 400),
        ("no hash", "b", String::new(), 400),
        ("upper case", "b", sha256(&content).to_uppercase(), 400),
        ("a way out", "..%2f..%2fetc%2fpasswd", sha256(&content), 400),
        ("a bad name", "a%20b", sha256(&content), 400),
    ] {
        let mut guest = guest.again(&site, birth.server_id);
        let answer = guest.leave(path, &content, &hash);
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
    }
    let mut guest = guest.again(&site, birth.server_id);
    assert_eq!(guest.leave("out/a.bin", b"other", &sha256(b"other")).status, 409);
    for n in 1..64 {
        guest.leave(&format!("n/{n}"), b"x", &sha256(b"x")).ok();
    }
    assert_eq!(guest.leave("n/64", b"x", &sha256(b"x")).status, 413);
    let listed = daemon.get(&format!("/v1/jobs/{job}/artifacts")).ok().json();
    assert_eq!(listed["artifacts"].as_array().unwrap().len(), 64);
    let read = daemon.get(&format!("/v1/jobs/{job}/artifacts/out/a.bin")).ok();
    assert!(read.body == content && read.headers["etag"].contains(&sha256(&content)));
    assert_eq!(daemon.get(&format!("/v1/jobs/{job}/artifacts/none")).status, 404);
}

#[test]
fn a_result_counts_once() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let job = daemon.enqueue(&spawn_request(json!({})));
    let mut guest = Guest::at_work(&site, &provider.birth(0));
    let early = daemon.get(&format!("/v1/jobs/{job}/result"));
    assert_eq!((early.status, early.code().as_str()), (409, "conflict"));
    let lie = json!({ "status": "failed", "reason": "incident", "durationMs": 1 });
    assert_eq!(guest.report(&lie).status, 400);
    let failed = json!({ "status": "failed", "reason": "nonzero", "exitCode": 3, "durationMs": 1 });
    guest.report(&failed).ok();
    guest.report(&failed).ok();
    assert_eq!(guest.report(&finished()).status, 409);
    assert_eq!(guest.beat("reporting").status, 410);
    assert_eq!(guest.say(0, &["late"]).status, 410);
    let job = daemon.wait_for_end(&job);
    assert_eq!(
        (&job["status"], &job["reason"], &job["exitCode"]),
        (&json!("failed"), &json!("nonzero"), &json!(3))
    );
}
