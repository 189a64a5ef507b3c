//! `clf jobs enqueue`.

use std::io::Write;
use std::process::Stdio;

use clawlets_model::{Phase, socket::ApiErrorCode};
use clawlets_stand_in::{Answer, Ran, StandIn, examples};
use serde_json::json;

use crate::bench::{DONE, FAILED, TASK, clf, command, in_phase, route, snapshot, write_task};

const SPAWN: [&str; 7] = ["jobs", "enqueue", "cattle.spawn", "--persona", "rex", "--task-file", "task.json"];

fn spawn(more: &[&'static str]) -> Vec<&'static str> {
    SPAWN.iter().chain(more).copied().collect()
}

fn ready() -> StandIn {
    let stand_in = StandIn::start().on("POST /v1/jobs/enqueue", [Answer::json(&examples::enqueued())]);
    write_task(&stand_in, TASK);
    stand_in
}

/// An orchestrator whose job passes through its phases to this outcome.
fn passing(outcome: &[Answer]) -> StandIn {
    let phases = [
        in_phase(Phase::Queued, None),
        in_phase(Phase::Creating, None),
        in_phase(Phase::Booting, None),
        in_phase(Phase::Running, None),
    ];
    ready().on(&route("GET", ""), phases.iter().chain(outcome).cloned())
}

#[test]
fn the_id_alone_is_data() {
    let ran = clf(&ready(), &spawn(&[]));
    assert_eq!((ran.code, ran.out, ran.talk), (Some(0), format!("{}\n", examples::JOB), String::new()));
}

#[test]
fn json_is_the_orchestrators_answer() {
    assert_eq!(clf(&ready(), &spawn(&["--json"])).json(), examples::enqueued());
}

#[test]
fn every_flag_reaches_the_orchestrator() {
    let stand_in = ready();
    let flags = spawn(&[
        "--ttl",
        " 10M ",
        "--model",
        "zai/glm-4.7",
        "--idempotency-key",
        "k-1",
        "--when-full",
        "queue",
        "--run-at",
        "2027-01-31T08:00:00Z",
        "--priority",
        "-5",
        "--max-attempts",
        "2",
        "--requester",
        "maren",
    ]);
    let ran = clf(&stand_in, &flags);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(
        stand_in.asked()[0].body,
        json!({
            "protocolVersion": 1, "requester": "maren", "idempotencyKey": "k-1", "kind": "cattle.spawn",
            "payload": {
                "persona": "rex", "ttl": "10m", "model": "zai/glm-4.7",
                "task": { "schemaVersion": 1, "taskId": "hash-it", "type": "command", "argv": ["true"], "callbackUrl": "" },
            },
            "runAt": "2027-01-31T08:00:00Z", "priority": -5, "maxAttempts": 2, "whenFull": "queue",
        })
    );
}

#[test]
fn a_task_comes_from_standard_input_too() {
    let stand_in = ready();
    let mut arguments = spawn(&[]);
    arguments[6] = "-";
    let mut child = command(&stand_in, &arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(TASK.as_bytes()).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(stand_in.asked()[0].body["payload"]["task"]["taskId"], "hash-it");
}

#[test]
fn a_callback_never_leaves_this_machine() {
    let stand_in = ready();
    write_task(&stand_in, &TASK.replace("\"argv\"", "\"callbackUrl\": \"https://evil.example\", \"argv\""));
    assert_eq!(clf(&stand_in, &spawn(&[])).code, Some(0));
    assert_eq!(stand_in.asked()[0].body["payload"]["task"]["callbackUrl"], "");
}

#[test]
fn a_wait_shows_each_phase_and_ends_with_a_summary() {
    let result = examples::result(clawlets_model::Status::Done, clawlets_model::Reason::Finished);
    let stand_in =
        passing(&[in_phase(Phase::Ended, DONE)]).on(&route("GET", "/result"), [Answer::json(&result)]);
    snapshot!(clf(&stand_in, &spawn(&["--wait"])));
}

#[test]
fn a_failed_job_fails_the_wait() {
    let stand_in = passing(&[in_phase(Phase::Ended, FAILED)]);
    let ran = clf(&stand_in, &spawn(&["--wait"]));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::job::failed"));
    snapshot!(ran);
}

#[test]
fn a_wait_prints_one_document() {
    let ran = clf(&passing(&[in_phase(Phase::Ended, FAILED)]), &spawn(&["--wait", "--json"]));
    let document = ran.json();
    assert_eq!(
        (ran.code, &document["jobId"], &document["deduped"]),
        (Some(1), &json!(examples::JOB), &json!(false))
    );
    assert_eq!((&document["job"]["reason"], &document["result"]), (&json!("nonzero"), &json!(null)));
    assert_eq!(ran.fault(), "clawlets::job::failed");
}

#[test]
fn a_wait_can_be_followed_as_lines_that_begin_with_the_version() {
    let ran = clf(&passing(&[in_phase(Phase::Gone, DONE)]), &spawn(&["--wait=gone", "--events"]));
    assert_eq!(ran.code, Some(0), "{ran}");
    let lines = ran.lines();
    assert_eq!(lines[0], json!({ "type": "version", "protocolVersion": 1 }));
    assert_eq!(lines[1], json!({ "type": "enqueued", "jobId": examples::JOB, "deduped": false }));
    let phases: Vec<_> = lines[2..lines.len() - 1].iter().map(|line| line["job"]["phase"].clone()).collect();
    assert_eq!(phases, ["queued", "creating", "booting", "running", "gone"]);
    assert_eq!(lines[lines.len() - 1], json!({ "type": "end" }));
}

#[test]
fn without_a_wait_the_lines_end_with_the_job() {
    let lines = clf(&ready(), &spawn(&["--events"])).lines();
    let kinds: Vec<_> = lines.iter().map(|line| line["type"].clone()).collect();
    assert_eq!(kinds, ["version", "enqueued", "end"]);
}

#[test]
fn a_time_limit_without_a_wait_is_refused_before_anything_is_sent() {
    let stand_in = ready();
    let ran = clf(&stand_in, &spawn(&["--timeout", "5m"]));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
    assert!(stand_in.asked().is_empty());
}

#[test]
fn a_job_that_existed_already_is_said_so() {
    let mut answer = examples::enqueued();
    answer["deduped"] = json!(true);
    let stand_in = StandIn::start().on("POST /v1/jobs/enqueue", [Answer::json(&answer)]);
    write_task(&stand_in, TASK);
    let ran = clf(&stand_in, &spawn(&["--idempotency-key", "k"]));
    assert!(ran.code == Some(0) && ran.talk.contains("existed already"), "{ran}");
}

#[test]
fn a_key_with_other_content_is_a_conflict() {
    let refusal = Answer::refusal(ApiErrorCode::Conflict, "idempotency key k was used with other content");
    let stand_in = StandIn::start().on("POST /v1/jobs/enqueue", [refusal]);
    write_task(&stand_in, TASK);
    snapshot!(clf(&stand_in, &spawn(&["--idempotency-key", "k"])));
}

#[test]
fn bad_tasks_are_refused_before_anything_is_sent() {
    let huge = format!(r#"{{ "schemaVersion": 1, "taskId": "{}" }}"#, "x".repeat(128 * 1024));
    let cases = [
        ("an unknown key", TASK.replace("argv", "argvs"), "did you mean 'argv'?"),
        ("no JSON", "{ \"schemaVersion\": 1,\n  oops".to_owned(), "line 2, column 3"),
        ("text behind it", format!("{TASK} more"), "trailing characters"),
        ("another version", TASK.replace(": 1,", ": 9,"), "schemaVersion: 9 is not supported"),
        ("a blank id", TASK.replace("hash-it", " "), "taskId:"),
        ("no program", TASK.replace("[\"true\"]", "[]"), "argv:"),
        (
            "a bad timeout",
            TASK.replace("\"argv\"", "\"timeout\": \"soon\", \"argv\""),
            "timeout: \"soon\" is not a duration",
        ),
        ("too much", huge, "larger than 131072 bytes"),
        ("nothing", String::new(), "EOF"),
    ];
    for (case, task, expected) in cases {
        let stand_in = ready();
        write_task(&stand_in, &task);
        let ran = clf(&stand_in, &spawn(&[]));
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::task::invalid"), "{case}: {ran}");
        assert!(ran.talk.contains(expected), "{case}: {ran}");
        assert!(stand_in.asked().is_empty(), "{case}");
    }
}

#[test]
fn a_bad_task_is_shown_with_its_place_and_a_suggestion() {
    let stand_in = ready();
    write_task(&stand_in, &TASK.replace("\"taskId\"", "\n  \"taskID\""));
    snapshot!(clf(&stand_in, &spawn(&[])));
}

#[test]
fn a_task_that_is_not_there_is_an_io_fault() {
    let ran = clf(&StandIn::start(), &spawn(&[]));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::io"), "{ran}");
}

#[test]
fn bad_values_are_refused_by_name() {
    for (flag, value, expected) in [
        ("--ttl", "10x", "not a duration"),
        ("--ttl", "30s", "out of bounds: expected 1m to 7d"),
        ("--persona", "../rex", "persona name"),
        ("--model", "glm", "provider/model"),
        ("--priority", "101", "101 is not in -100..=100"),
        ("--max-attempts", "0", "0 is not in 1..=10"),
        ("--run-at", "tomorrow", "--run-at"),
        ("--when-full", "wait", "[possible values: refuse, queue]"),
        ("--requester", "Maren", "requester"),
    ] {
        let stand_in = ready();
        let arguments =
            ["jobs", "enqueue", "cattle.spawn", "--task-file", "task.json", "--persona", "rex", flag, value];
        let arguments = if flag == "--persona" {
            [&arguments[..5], &arguments[7..]].concat()
        } else {
            arguments.to_vec()
        };
        let ran = clf(&stand_in, &arguments);
        assert_eq!(
            (ran.code, ran.fault().as_str()),
            (Some(2), "clawlets::usage::value"),
            "{flag} {value}: {ran}"
        );
        assert!(ran.talk.contains(expected), "{flag} {value}: {ran}");
        assert!(stand_in.asked().is_empty());
    }
}
