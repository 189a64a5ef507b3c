//! What callers get wrong.

use std::{fs, os::unix::fs::symlink};

use serde_json::{Value, json};

use crate::support::{Provider, Site, agent_request, spawn_request};

#[test]
fn a_body_of_256_kib_and_one_byte_is_too_large() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    for (length, status) in [(256 * 1024, 400), (256 * 1024 + 1, 413)] {
        let mut body = spawn_request(json!({ "idempotencyKey": "" })).to_string();
        body.extend(std::iter::repeat_n(' ', length - body.len()));
        let answer = daemon.connect().call("POST", "/v1/jobs/enqueue", &[], body.as_bytes());
        assert_eq!(answer.status, status, "{length}: {}", answer.text());
    }
    let chunked = format!("{:x}\r\n{}\r\n0\r\n\r\n", 300 * 1024, " ".repeat(300 * 1024));
    let mut connection = daemon.connect();
    connection.raw(b"POST /v1/jobs/enqueue HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    connection.raw(chunked.as_bytes());
    let answer = connection.response().unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (413, "too_large"));
}

#[test]
fn malformed_http_ends_its_own_connection_only() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let mut other = daemon.connect();
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(64 * 1024));
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    let many = format!("GET /healthz HTTP/1.1\r\n{many}\r\n");
    for bytes in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"POST /v1/jobs/enqueue HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/jobs/enqueue HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        long.as_bytes(),
        many.as_bytes(),
    ] {
        let mut connection = daemon.connect();
        connection.raw(bytes);
        let status = connection.response().map(|response| response.status);
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}");
        assert!(connection.response().is_none(), "the connection goes on");
    }
    other.call("GET", "/healthz", &[], b"").ok();
}

#[test]
fn what_is_wrong_with_a_request_is_said_with_its_place() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let task = |task: Value| spawn_request(json!({ "payload": { "task": task } }));
    let cases = [
        ("an unknown key", json!({ "protocolVersion": 1, "knid": "cattle.spawn" }), "did you mean \"kind\"?"),
        ("no kind", json!({ "protocolVersion": 1, "payload": {} }), "missing field `kind`"),
        ("an unknown kind", spawn_request(json!({ "kind": "cattle.spwan" })), "cattle.spawn"),
        (
            "an unknown key in the payload",
            spawn_request(json!({ "payload": { "perzona": "x" } })),
            "payload.perzona",
        ),
        ("an unknown key in the task", task(json!({ "argvs": [] })), "payload.task.argvs"),
        (
            "another task version",
            task(json!({ "schemaVersion": 2 })),
            "payload.task.schemaVersion: 2 is not supported",
        ),
        ("no program", task(json!({ "argv": [] })), "payload.task.argv"),
        ("a bad ttl", spawn_request(json!({ "payload": { "ttl": "soon" } })), "payload.ttl"),
        ("a short ttl", spawn_request(json!({ "payload": { "ttl": "5s" } })), "out of bounds"),
        ("a long ttl", spawn_request(json!({ "payload": { "ttl": "8d" } })), "out of bounds"),
        ("no ttl", spawn_request(json!({ "payload": { "ttl": null } })), "there is no cattle.default_ttl"),
        (
            "an unknown persona",
            spawn_request(json!({ "payload": { "persona": "nope" } })),
            "there is no persona nope",
        ),
        (
            "a persona that is a path",
            spawn_request(json!({ "payload": { "persona": "../x" } })),
            "payload.persona",
        ),
        ("a bad model", spawn_request(json!({ "payload": { "model": "glm" } })), "provider/model"),
        ("a bad priority", spawn_request(json!({ "priority": 101 })), "-100 to 100"),
        ("too many attempts", spawn_request(json!({ "maxAttempts": 11 })), "1 to 10"),
        ("a long key", spawn_request(json!({ "idempotencyKey": "k".repeat(201) })), "1 to 200 characters"),
    ];
    for (name, request, expected) in cases {
        let answer = daemon.post("/v1/jobs/enqueue", &request);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "bad_request"),
            "{name}: {}",
            answer.text()
        );
        assert!(answer.message().contains(expected), "{name}: {}", answer.message());
    }
    let answer = daemon.post("/v1/jobs/enqueue", &json!({ "protocolVersion": 2, "new": true }));
    assert_eq!((answer.status, answer.code().as_str()), (400, "protocol_version"));
    assert_eq!(daemon.connect().call("POST", "/v1/jobs/enqueue", &[], b"{\"protocolVersion\":").status, 400);
    assert_eq!(daemon.get("/v1/jobs").ok().json()["jobs"], json!([]));
}

#[test]
fn paths_and_parameters_that_do_not_exist_are_said_so() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    for (path, status, code) in [
        ("/v1/nothing", 404, "not_found"),
        ("/v1/jobs/enqueue", 404, "not_found"),
        ("/v1/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV", 404, "not_found"),
        ("/v1/jobs/%00", 404, "not_found"),
        ("/v1/jobs?statsu=done", 400, "bad_request"),
        ("/v1/jobs?status=dun", 400, "bad_request"),
        ("/v1/jobs?limit=0", 400, "bad_request"),
        ("/v1/jobs?limit=501", 400, "bad_request"),
        ("/v1/jobs?cursor=x", 400, "bad_request"),
    ] {
        let answer = daemon.get(path);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{path}: {}", answer.text());
    }
}

#[test]
fn a_persona_that_is_not_plain_files_is_refused_by_the_file() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    site.persona("linked", "{\"schemaVersion\":1}");
    fs::remove_file(site.path("personas/linked/SOUL.md")).unwrap();
    symlink("/etc/passwd", site.path("personas/linked/SOUL.md")).unwrap();
    site.persona("huge", "{\"schemaVersion\":1}");
    fs::write(site.path("personas/huge/SOUL.md"), vec![b'x'; 16 * 1024 + 1]).unwrap();
    symlink(site.path("personas/rex"), site.path("personas/alias")).unwrap();
    let daemon = site.start();
    for (persona, expected) in [
        ("linked", "SOUL.md is a symbolic link"),
        ("huge", "SOUL.md is larger"),
        ("alias", "is a symbolic link"),
    ] {
        let answer =
            daemon.post("/v1/jobs/enqueue", &spawn_request(json!({ "payload": { "persona": persona } })));
        assert_eq!(answer.status, 400, "{persona}: {}", answer.text());
        assert!(answer.message().contains(expected), "{persona}: {}", answer.message());
    }
}

#[test]
fn a_model_without_a_key_is_refused_with_the_setting_that_is_missing() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    site.persona("bare", "{\"schemaVersion\":1}");
    let daemon = site.start();
    let cases = [
        (
            json!({ "model": "openai/gpt" }),
            "no secret for provider openai: set cattle.secretEnv.OPENAI_API_KEY",
        ),
        (json!({ "persona": "bare" }), "an agent task needs a model"),
        (json!({ "withGithubToken": true }), "no GitHub App is configured"),
    ];
    for (payload, expected) in cases {
        let answer = daemon.post("/v1/jobs/enqueue", &agent_request(json!({ "payload": payload })));
        assert_eq!((answer.status, answer.code().as_str()), (422, "unconfigured"), "{}", answer.text());
        assert!(answer.message().contains(expected), "{}", answer.message());
    }
}

#[test]
fn the_same_key_gives_the_same_job_and_other_content_is_a_conflict() {
    let provider = Provider::start();
    let site = Site::new(&provider, "");
    let daemon = site.start();
    let request = spawn_request(json!({ "idempotencyKey": "k-1" }));
    let first = daemon.post("/v1/jobs/enqueue", &request).ok().json();
    let again = daemon.post("/v1/jobs/enqueue", &request).ok().json();
    assert_eq!((&again["jobId"], &again["deduped"]), (&first["jobId"], &json!(true)));
    fs::remove_dir_all(site.path("personas/rex")).unwrap();
    let later = daemon.post("/v1/jobs/enqueue", &request).ok().json();
    assert_eq!(
        (&later["jobId"], &later["deduped"]),
        (&first["jobId"], &json!(true)),
        "the persona is not asked again"
    );
    let other = spawn_request(json!({ "idempotencyKey": "k-1", "payload": { "ttl": "11m" } }));
    let answer = daemon.post("/v1/jobs/enqueue", &other);
    assert_eq!((answer.status, answer.code().as_str()), (409, "conflict"), "{}", answer.text());
}
