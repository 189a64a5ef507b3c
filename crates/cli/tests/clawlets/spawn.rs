//! `clawlets cattle spawn`.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use clawlets_model::{Phase, Reason, Status};
use clawlets_stand_in::{Answer, Ran, StandIn, examples};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};

use crate::bench::{add_rex, clawlets, clawlets_in, command, snapshot, write_task};

const SPAWN: [&str; 6] = ["cattle", "spawn", "--persona", "rex", "--task-file", "task.json"];

fn spawn(more: &[&'static str]) -> Vec<&'static str> {
    SPAWN.iter().chain(more).copied().collect()
}

fn ready() -> StandIn {
    let stand_in = StandIn::start().on("POST /v1/jobs/enqueue", [Answer::json(&examples::enqueued())]);
    write_task(stand_in.folder());
    stand_in
}

fn payload(stand_in: &StandIn) -> Value {
    stand_in.asked()[0].body["payload"].clone()
}

#[test]
fn the_projects_persona_travels_along() {
    let stand_in = ready();
    add_rex(stand_in.folder());
    fs::create_dir_all(stand_in.folder().join("deep/er")).unwrap();
    fs::write(stand_in.folder().join("cattle/personas/rex/skills/sweep.md"), "Sweep.").unwrap();
    write_task(&stand_in.folder().join("deep/er"));
    let mut command = command(&stand_in, &spawn(&[]));
    let ran = Ran::of(command.current_dir(stand_in.folder().join("deep/er")));
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), format!("{}\n", examples::JOB).as_str()), "{ran}");
    let files = payload(&stand_in)["personaFiles"].clone();
    assert!(files["SOUL.md"].as_str().unwrap().contains("You are rex"), "{files}");
    assert_eq!(files["skills/sweep.md"], "Sweep.");
}

#[test]
fn outside_of_a_project_the_persona_goes_by_name() {
    let stand_in = ready();
    let ran = clawlets(&stand_in, &spawn(&[]));
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(
        (&payload(&stand_in)["persona"], &payload(&stand_in)["personaFiles"]),
        (&json!("rex"), &Value::Null)
    );
}

#[test]
fn operators_flags_reach_the_orchestrator() {
    let stand_in = ready();
    let flags = spawn(&[
        "--ttl",
        "2h",
        "--model",
        "zai/glm-4.7",
        "--image",
        "debian-12",
        "--server-type",
        "cx33",
        "--location",
        "fsn1",
        "--no-auto-shutdown",
        "--with-github-token",
        "--when-full=queue",
        "--idempotency-key",
        "k",
    ]);
    assert_eq!(clawlets(&stand_in, &flags).code, Some(0));
    let body = stand_in.asked()[0].body.clone();
    assert_eq!((&body["whenFull"], &body["idempotencyKey"]), (&json!("queue"), &json!("k")));
    let mut payload = body["payload"].clone();
    payload.as_object_mut().unwrap().remove("task");
    assert_eq!(
        payload,
        json!({
            "persona": "rex", "ttl": "2h", "model": "zai/glm-4.7", "image": "debian-12", "serverType": "cx33",
            "location": "fsn1", "autoShutdown": false, "withGithubToken": true,
        })
    );
}

#[test]
fn to_shut_down_is_told_only_when_it_was_said() {
    for (flags, expected) in [
        (&[][..], Value::Null),
        (&["--auto-shutdown"], json!(true)),
        (&["--auto-shutdown=true"], json!(true)),
        (&["--no-auto-shutdown"], json!(false)),
        (&["--auto-shutdown=false"], json!(false)),
        (&["--auto-shutdown", "false"], json!(false)),
        (&["--no-auto-shutdown", "--auto-shutdown"], json!(true)),
    ] {
        let stand_in = ready();
        assert_eq!(clawlets(&stand_in, &spawn(flags)).code, Some(0), "{flags:?}");
        assert_eq!(payload(&stand_in)["autoShutdown"], expected, "{flags:?}");
    }
}

#[test]
fn a_dry_run_needs_no_daemon_and_prints_what_would_be_sent() {
    let folder = tempfile::tempdir().unwrap();
    write_task(folder.path());
    add_rex(folder.path());
    let ran = clawlets_in(folder.path(), &spawn(&["--ttl", "10m", "--dry-run", "--json"]));
    let document = ran.json();
    let keys: Vec<_> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["action", "request", "ttlSeconds", "userDataBytes"], "{ran}");
    assert_eq!((&document["action"], &document["ttlSeconds"]), (&json!("cattle.spawn"), &json!(600)));
    assert_eq!(document["request"]["payload"]["task"]["taskId"], "hash-it");
    let size = document["userDataBytes"].as_u64().unwrap();
    assert!((200..4096).contains(&size), "{size}");
    snapshot!(clawlets_in(folder.path(), &spawn(&["--dry-run"])));
}

#[test]
fn a_request_that_is_too_large_is_refused_before_it_is_sent() {
    let stand_in = ready();
    add_rex(stand_in.folder());
    for part in 0..5 {
        let file = stand_in.folder().join(format!("cattle/personas/rex/memory/{part}.md"));
        fs::write(file, "x".repeat(60 * 1024)).unwrap();
    }
    for flags in [&[][..], &["--dry-run"]] {
        let ran = clawlets(&stand_in, &spawn(flags));
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::api::too_large"), "{ran}");
    }
    assert!(stand_in.asked().is_empty());
}

#[test]
fn what_is_no_persona_is_refused_by_name_before_anything_is_sent() {
    type Spoil = fn(&Path);
    let cases: [(&str, Spoil, &str); 9] = [
        ("a linked soul", |rex| relink(&rex.join("SOUL.md"), "/etc/passwd"), "SOUL.md is a symbolic link"),
        (
            "a linked skill",
            |rex| symlink("/etc/passwd", rex.join("skills/x")).unwrap(),
            "skills/x is a symbolic link",
        ),
        ("a linked persona", |rex| relink(rex, "/etc"), "symbolic link"),
        (
            "a huge soul",
            |rex| fs::write(rex.join("SOUL.md"), vec![b'x'; 16 * 1024 + 1]).unwrap(),
            "SOUL.md is larger",
        ),
        ("a huge memory", |rex| fs::write(rex.join("memory/x"), vec![b'x'; 1 << 20]).unwrap(), "larger than"),
        ("no soul", |rex| fs::remove_file(rex.join("SOUL.md")).unwrap(), "SOUL.md: is missing"),
        ("bytes", |rex| fs::write(rex.join("memory/x"), b"\xff\xfe").unwrap(), "memory/x is not UTF-8"),
        ("a name with a blank", |rex| fs::write(rex.join("memory/a b"), "").unwrap(), "a b"),
        (
            "an unknown setting",
            |rex| fs::write(rex.join("config.json"), "{ \"schemaVersion\": 1,\n \"modle\": {} }").unwrap(),
            "did you mean 'model'?",
        ),
    ];
    for (case, spoil, expected) in cases {
        let stand_in = ready();
        add_rex(stand_in.folder());
        spoil(&stand_in.folder().join("cattle/personas/rex"));
        let ran = clawlets(&stand_in, &spawn(&[]));
        assert_eq!(
            (ran.code, ran.fault().as_str()),
            (Some(2), "clawlets::persona::invalid"),
            "{case}: {ran}"
        );
        assert!(ran.talk.contains(expected), "{case}: {ran}");
        assert!(stand_in.asked().is_empty(), "{case}");
    }
}

/// Replaces something by a symbolic link.
fn relink(path: &Path, target: &str) {
    if path.is_dir() {
        fs::remove_dir_all(path).expect("the folder can be removed");
    } else {
        fs::remove_file(path).expect("the file can be removed");
    }
    symlink(target, path).expect("the folder takes a link");
}

#[test]
fn a_bad_persona_is_shown_with_its_place_and_a_suggestion() {
    let stand_in = ready();
    add_rex(stand_in.folder());
    let config = stand_in.folder().join("cattle/personas/rex/config.json");
    fs::write(config, "{ \"schemaVersion\": 1,\n \"modle\": {} }").unwrap();
    snapshot!(clawlets(&stand_in, &spawn(&[])));
}

#[test]
fn an_unknown_persona_is_the_orchestrators_to_refuse() {
    let refusal = Answer::refusal(clawlets_model::socket::ApiErrorCode::NotFound, "there is no persona rex");
    let stand_in = StandIn::start().on("POST /v1/jobs/enqueue", [refusal]);
    write_task(stand_in.folder());
    let ran = clawlets(&stand_in, &spawn(&[]));
    assert_eq!((ran.code, ran.fault().as_str()), (Some(3), "clawlets::api::not_found"), "{ran}");
}

#[test]
fn a_wait_ends_with_the_jobs_verdict() {
    for (status, reason, exit) in [(Status::Done, Reason::Finished, 0), (Status::Failed, Reason::Timeout, 1)]
    {
        let view = examples::job(Phase::Ended, Some((status, reason)));
        let route = format!("GET /v1/jobs/{}", examples::JOB);
        let stand_in = ready().on(&route, [Answer::json(&examples::job_answer(&view))]);
        let ran = clawlets(&stand_in, &spawn(&["--wait"]));
        assert_eq!(ran.code, Some(exit), "{ran}");
        assert!(ran.out.contains(reason.as_str()), "{ran}");
    }
}

#[test]
fn an_interrupted_wait_leaves_the_job_and_says_how_to_go_on() {
    let view = examples::job(Phase::Running, None);
    let route = format!("GET /v1/jobs/{}", examples::JOB);
    let stand_in = ready().on(&route, [Answer::json(&examples::job_answer(&view))]);
    let mut command = command(&stand_in, &spawn(&["--wait"]));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while stand_in.asked().len() < 2 {
        assert!(Instant::now() < deadline, "clawlets does not wait");
        std::thread::sleep(Duration::from_millis(5));
    }
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::interrupted"), "{ran}");
    snapshot!(ran);
}
