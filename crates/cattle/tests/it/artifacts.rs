//! What a task leaves behind.

use clawlets_model::guest::LogStream;
use serde_json::json;

use crate::support::{Machine, Orchestrator, Reply, shell};

#[test]
fn artifacts_arrive_whole_under_their_names() {
    let script = "mkdir -p out/deep; echo report > out/deep/report.txt; head -c 3000000 /dev/zero > out/big; echo no > other";
    let job = shell(script).task("artifacts", json!(["out/**", "absent/*"]));
    let orchestrator = Orchestrator::scripted(&job, |request, state| {
        // The first try of each gets lost.
        let tries = state.calls(&request.path);
        (request.method == "PUT" && tries == 1).then_some(Reply::Drop)
    });
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    let found: Vec<(&str, usize)> =
        state.artifacts.iter().map(|(name, content)| (name.as_str(), content.len())).collect();
    assert_eq!(found, [("out/big", 3_000_000), ("out/deep/report.txt", 7)]);
}

#[test]
fn a_task_cannot_make_the_supervisor_read_what_it_cannot_read_itself() {
    let script = "ln -s /etc/shadow shadow; ln -s /etc folder; ln -s $PWD/real inner; echo x > real; mkfifo pipe; echo x > 'odd name'";
    let job = shell(script).task("artifacts", json!(["**"]));
    let orchestrator = Orchestrator::start(&job);
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    let names: Vec<&str> = state.artifacts.keys().map(String::as_str).collect();
    assert_eq!(names, ["data/in.txt", "real"]);
    let said = state.lines(LogStream::System).join("\n");
    for skipped in ["shadow", "folder", "inner", "pipe", "odd name"] {
        assert!(said.contains(&format!("artifact skipped: {skipped}: ")), "{skipped} in {said}");
    }
}

#[test]
fn too_many_and_too_large_files_are_left_behind_by_name() {
    let script = "for n in $(seq -w 70); do echo x > many-$n; done; truncate -s 70M huge";
    let job = shell(script).task("artifacts", json!(["many-*", "huge"]));
    let orchestrator = Orchestrator::start(&job);
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    assert_eq!(state.artifacts.len(), 64);
    let said = state.lines(LogStream::System).join("\n");
    assert!(
        said.contains("huge: more than 64 MiB together") && said.contains("many-65: more than 64 files"),
        "{said}"
    );
}

#[test]
fn an_artifact_that_is_refused_is_skipped_and_the_rest_arrives() {
    let job = shell("echo a > a; echo b > b").task("artifacts", json!(["*"]));
    let orchestrator = Orchestrator::scripted(&job, |request, _| {
        request
            .path
            .ends_with("/a")
            .then(|| Reply::json(409, r#"{"error":{"code":"conflict","message":"it is there"}}"#))
    });
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    assert_eq!(state.artifacts.keys().collect::<Vec<_>>(), ["b"]);
    assert!(
        state
            .lines(LogStream::System)
            .iter()
            .any(|line| line.contains("a: ") && line.contains("it is there"))
    );
}
