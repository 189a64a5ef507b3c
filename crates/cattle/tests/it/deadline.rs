//! The deadline holds whatever else happens.

use serde_json::json;

use crate::support::{Machine, Orchestrator, Reply, command, shell};

/// The exit code of a program that its deadline ended.
const DEADLINE: i32 = 10;

#[test]
fn an_orchestrator_that_never_answers_does_not_keep_the_machine_alive() {
    let orchestrator = Orchestrator::scripted(&command(&["true"]), |_, _| Some(Reply::Hang));
    let report = Machine::with_boot(&orchestrator.server.url(), 2).off();
    assert_eq!(report.code, DEADLINE, "{}", report.console);
}

#[test]
fn an_orchestrator_that_dies_for_good_does_not_keep_the_machine_alive() {
    let orchestrator = Orchestrator::start(&shell("echo begun; exec sleep 600"));
    orchestrator.state().live_for(8);
    let machine = Machine::boot(&orchestrator);
    orchestrator.wait_for_line("begun");
    orchestrator.server.close();
    let report = machine.off();
    assert_eq!(report.code, DEADLINE, "{}", report.console);
    assert!(orchestrator.state().result.is_none());
}

#[test]
fn a_machine_that_stays_for_inspection_stays_until_its_deadline() {
    let orchestrator = Orchestrator::start(&command(&["true"]).order("autoShutdown", json!(false)));
    orchestrator.state().live_for(6);
    let machine = Machine::boot(&orchestrator);
    let left = machine.path("workspace/data/in.txt");
    let report = machine.off();
    assert_eq!(report.code, DEADLINE, "{}", report.console);
    assert!(orchestrator.state().result.is_some());
    assert!(!left.exists(), "the machine's folder is gone with it");
}

#[test]
fn an_extension_reaches_a_running_machine() {
    let orchestrator =
        Orchestrator::start(&shell("echo begun; while [ ! -e go ]; do sleep 0.05; done; echo extended"));
    orchestrator.state().live_for(20);
    let machine = Machine::boot(&orchestrator);
    orchestrator.wait_for_line("begun");
    orchestrator.state().live_for(3600);
    let beats = orchestrator.state().calls("/v1/cattle/heartbeat");
    crate::support::eventually("heartbeats", || {
        orchestrator.state().calls("/v1/cattle/heartbeat") > beats + 1
    });
    std::fs::write(machine.path("workspace/go"), "").unwrap();
    let result = machine.result(&orchestrator);
    assert_eq!(result.output.as_deref(), Some("begun\nextended"));
}
