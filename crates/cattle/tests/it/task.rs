//! Tasks: what they find, how they end, how they are stopped.

use std::fs;

use clawlets_model::{Reason, Status, guest::LogStream, guest::TaskResult};
use serde_json::json;

use crate::support::{Job, Machine, Orchestrator, Reply, Request, agent, command, eventually, shell};

fn run(job: &Job) -> (TaskResult, Vec<String>) {
    let orchestrator = Orchestrator::start(job);
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    (result, state.lines(LogStream::Stdout).into_iter().map(str::to_owned).collect())
}

#[test]
fn a_command_gets_its_arguments_its_input_and_its_variables_as_they_are() {
    let script = r#"import os, sys
print(sys.argv[1:], repr(sys.stdin.read()), os.environ['ODD'], os.environ['GREETING'], os.environ['HOME'] == os.getcwd())
print(open('data/in.txt').read().strip(), open('inline.txt').read())"#;
    let argv = ["python3", "-c", script, "$HOME", "a b", "*", ""];
    let job = command(&argv)
        .task("env", json!({ "ODD": "x=\"y\" $Z" }))
        .task("stdin", json!("line\n\u{e9}"))
        .task("inputs", json!([{ "name": "inline.txt", "text": "inline" }]));
    let (result, lines) = run(&job);
    assert_eq!(lines[0], r#"['$HOME', 'a b', '*', ''] 'line\né' x="y" $Z hello True"#);
    assert_eq!(lines[1], "an input inline");
    assert_eq!((result.status, result.reason, result.exit_code), (Status::Done, Reason::Finished, Some(0)));
    assert_eq!(result.output.unwrap(), lines.join("\n"));
}

#[test]
fn the_end_of_a_command_is_told_as_it_was() {
    for (script, code, signal) in [("exit 3", Some(3), None), ("kill -SEGV $$", None, Some(11))] {
        let (result, _) = run(&shell(script));
        assert_eq!((result.status, result.reason), (Status::Failed, Reason::Nonzero), "{script}");
        assert_eq!((result.exit_code, result.signal), (code, signal), "{script}");
    }
}

#[test]
fn a_program_that_does_not_exist_is_named() {
    let (result, _) = run(&command(&["no-such-program"]));
    assert_eq!((result.reason, result.exit_code), (Reason::Nonzero, None));
    assert!(result.message.as_deref().unwrap().contains("\"no-such-program\": No such file"), "{result:?}");
}

#[test]
fn a_task_that_takes_too_long_is_asked_to_end_and_says_its_last_words() {
    let script = "trap 'echo last words; exit 0' TERM; echo begun; while :; do sleep 0.05; done";
    let (result, lines) = run(&shell(script).task("timeout", json!("1s")));
    assert_eq!((result.status, result.reason), (Status::Failed, Reason::Timeout));
    assert_eq!(lines, ["begun", "last words"]);
}

#[test]
fn a_task_that_does_not_want_to_end_is_ended() {
    let script = "trap '' TERM; setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & echo begun; while :; do sleep 1; done";
    let (result, _) = run(&shell(script).task("timeout", json!("1s")));
    assert_eq!((result.reason, result.signal), (Reason::Timeout, Some(9)));
}

#[test]
fn a_task_that_outlives_its_machines_time_is_ended_and_reported_before() {
    let orchestrator = Orchestrator::start(&shell("echo begun; exec sleep 600"));
    orchestrator.state().live_for(10);
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    assert_eq!((result.status, result.reason), (Status::Failed, Reason::Ttl));
}

#[test]
fn a_machine_whose_time_was_shortened_hurries() {
    let orchestrator = Orchestrator::start(&shell("echo begun; exec sleep 600"));
    let machine = Machine::boot(&orchestrator);
    orchestrator.wait_for_line("begun");
    orchestrator.state().live_for(12);
    let result = machine.result(&orchestrator);
    assert_eq!((result.status, result.reason), (Status::Failed, Reason::Ttl));
}

#[test]
fn a_canceled_task_is_stopped_while_it_runs() {
    let orchestrator =
        Orchestrator::start(&shell("echo begun; exec sleep 600").task("artifacts", json!(["**"])));
    let machine = Machine::boot(&orchestrator);
    orchestrator.wait_for_line("begun");
    orchestrator.state().cancel = true;
    let result = machine.result(&orchestrator);
    assert_eq!((result.status, result.reason, result.signal), (Status::Canceled, Reason::Canceled, Some(15)));
    assert!(orchestrator.state().artifacts.is_empty());
}

#[test]
fn a_task_that_was_canceled_before_it_began_never_begins() {
    let orchestrator = Orchestrator::scripted(&shell("echo begun"), |request, state| {
        state.cancel = true;
        // The work comes only once a heartbeat has brought the cancel.
        let early = request.path == "/v1/cattle/work" && state.calls("/v1/cattle/heartbeat") < 2;
        early.then(|| Reply::json(503, "{}"))
    });
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    assert_eq!((result.status, result.exit_code), (Status::Canceled, None));
    assert!(orchestrator.state().lines(LogStream::Stdout).is_empty());
}

#[test]
fn when_the_session_is_over_the_task_and_the_machine_end() {
    let orchestrator = Orchestrator::scripted(&shell("echo begun; exec sleep 600.25"), |_, state| {
        let over = state.records.iter().any(|record| record.data == "begun");
        over.then(|| Reply::json(401, "{}"))
    });
    let report = Machine::boot(&orchestrator).off();
    assert_eq!(report.code, 6, "{}", report.console);
    assert!(orchestrator.state().result.is_none());
    eventually("the task's end", || !is_running("600.25"));
}

#[test]
fn what_a_task_leaves_running_ends_with_it() {
    let (result, _) = run(&shell("setsid sleep 600.5 & echo begun"));
    assert_eq!(result.reason, Reason::Finished);
    assert!(!is_running("600.5"));
}

#[test]
fn a_supervisor_that_is_killed_takes_its_task_along() {
    let orchestrator = Orchestrator::start(&shell("echo begun; exec sleep 600.75"));
    let machine = Machine::boot(&orchestrator);
    orchestrator.wait_for_line("begun");
    assert!(is_running("600.75"));
    drop(machine);
    eventually("the task's end", || !is_running("600.75"));
}

#[test]
fn work_that_makes_no_sense_is_reported() {
    let orchestrator = Orchestrator::with_archive(b"not an archive".to_vec(), |_, _| None);
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    assert_eq!((result.status, result.reason), (Status::Failed, Reason::Error));
    assert!(result.message.unwrap().contains("work archive"));
}

#[test]
fn the_persona_and_the_task_are_where_an_agent_looks_for_them() {
    let script = "cat SOUL.md config.json skills/fetch/SKILL.md; cat; echo; echo \"$CLAWLETS_MODEL $CLAWLETS_PERSONA\"; \
                  cat \"$CLAWLETS_MESSAGE_FILE\"; echo; echo \"$1|$2\"";
    let job = agent("what {model} is this?")
        .order("runner", json!(["/bin/sh", "-c", script, "sh", "{model}", "--message={message}"]))
        .order("model", json!("zai/glm-4.7"));
    let orchestrator = Orchestrator::start(&job);
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    let output = result.output.unwrap();
    for expected in [
        "You are Rex.\n",
        "\"schemaVersion\": 1",
        "Fetch.\n",
        "what {model} is this?\nzai/glm-4.7 rex\nwhat {model} is this?\n",
        "zai/glm-4.7|--message=what {model} is this?",
    ] {
        assert!(output.contains(expected), "{expected:?} in {output}");
    }
}

#[test]
fn the_phases_of_a_life_are_in_the_log_in_their_order() {
    // Longer than the pause between two heartbeats, so that one of them falls into it on a busy machine too.
    let orchestrator = Orchestrator::start(&command(&["sleep", "3"]));
    let _ = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    let system = state.lines(LogStream::System);
    let steps = ["booted at", "redeemed at", "work fetched at", "task started at", "task ended at"];
    let places: Vec<usize> =
        steps.iter().map(|step| system.iter().position(|line| line.starts_with(step)).expect(step)).collect();
    assert!(places.is_sorted(), "{system:?}");
    let beats = state.requests.iter().filter(|request| request.path == "/v1/cattle/heartbeat");
    assert!(beats.map(Request::text).any(|beat| beat.contains("running")));
}

/// Whether a process with this argument runs anywhere on this machine.
fn is_running(argument: &str) -> bool {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let mut lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    lines.any(|line| line.split(|b| *b == 0).any(|word| word == argument.as_bytes()))
}
