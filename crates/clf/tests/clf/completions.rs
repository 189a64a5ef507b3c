//! Completion scripts, and the ids that they ask for.

use clawlets_model::Phase;
use clawlets_stand_in::{Answer, Ran, StandIn, examples};
use serde_json::json;

use crate::bench::{clf, command};

/// What a shell asks: the words typed so far, the last one unfinished.
fn complete(stand_in: &StandIn, words: &[&str]) -> String {
    let mut command = command(stand_in, &[&["--"], words].concat());
    Ran::of(command.env("COMPLETE", "fish")).out
}

#[test]
fn there_is_a_script_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = clf(&StandIn::start(), &["completions", shell]);
        assert!(ran.code == Some(0) && ran.out.contains("clf") && ran.out.contains("COMPLETE"), "{ran}");
        let document = clf(&StandIn::start(), &["completions", shell, "--json"]).json();
        assert_eq!((&document["shell"], &document["script"]), (&shell.into(), &ran.out.into()));
    }
    assert_eq!(clf(&StandIn::start(), &["completions", "tcsh"]).code, Some(2));
}

#[test]
fn verbs_and_flags_are_completed() {
    let found = complete(&StandIn::start(), &["clf", "jobs", "enqueue", "cattle.spawn", "--id"]);
    assert!(found.contains("--idempotency-key"), "{found}");
}

#[test]
fn live_ids_are_completed() {
    let jobs =
        json!({ "protocolVersion": 1, "jobs": [examples::job(Phase::Running, None)], "nextCursor": null });
    let stand_in = StandIn::start()
        .on("GET /v1/jobs", [Answer::json(&jobs)])
        .on("GET /v1/cattle", [Answer::json(&examples::cattle(&[examples::vm()]))]);
    let found = complete(&stand_in, &["clf", "jobs", "logs", "01"]);
    assert!(found.contains(examples::JOB) && !found.contains(examples::SERVER), "{found}");
    let found = complete(&stand_in, &["clf", "jobs", "show", "--id-or-name", "cattle-"]);
    assert!(found.contains(examples::SERVER), "{found}");
}

#[test]
fn without_an_orchestrator_there_are_no_ids_and_no_noise() {
    let stand_in = StandIn::start();
    let mut command = command(&stand_in, &["--", "clf", "jobs", "logs", "0"]);
    let ran = Ran::of(command.env("COMPLETE", "fish").env("CLF_SOCKET", "/nonexistent"));
    assert_eq!((ran.code, ran.out.as_str(), ran.talk.as_str()), (Some(0), "", ""));
}
