//! The one-time token.

use clawlets_model::guest::NONCE_HEADER;

use crate::support::{Machine, Orchestrator, Reply, Request, State, command};

/// Answers the first calls for the environment with `reply`, and those behind them by the rules.
fn first_calls(count: usize, reply: Reply) -> impl Fn(&Request, &mut State) -> Option<Reply> + Send + Sync {
    move |request, state| {
        let early = request.path == "/v1/cattle/env" && state.calls("/v1/cattle/env") <= count;
        early.then(|| reply.clone())
    }
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_nonce() {
    for lost in [
        Reply::Drop,
        Reply::BreakOff(b"{\"ok\":true,".to_vec()),
        Reply::json(503, "{}"),
        Reply::json(500, "{}"),
    ] {
        let orchestrator = Orchestrator::scripted(&command(&["true"]), first_calls(2, lost.clone()));
        let report = Machine::boot(&orchestrator).off();
        assert_eq!(report.code, 0, "{lost:?}: {}", report.console);
        let state = orchestrator.state();
        let calls = state.requests.iter().filter(|request| request.path == "/v1/cattle/env");
        let nonces: Vec<&str> = calls.map(|request| request.header(NONCE_HEADER)).collect();
        assert_eq!(nonces.len(), 3, "{lost:?}");
        assert!(nonces[0].len() == 32 && nonces.iter().all(|nonce| *nonce == nonces[0]), "{nonces:?}");
    }
}

#[test]
fn each_machine_draws_a_nonce_of_its_own() {
    let nonce = || {
        let orchestrator = Orchestrator::start(&command(&["true"]));
        assert_eq!(Machine::boot(&orchestrator).off().code, 0);
        let state = orchestrator.state();
        state.requests[0].header(NONCE_HEADER).to_owned()
    };
    assert_ne!(nonce(), nonce());
}

#[test]
fn a_refused_token_ends_the_machine_without_a_second_try() {
    for status in [401, 403] {
        let orchestrator =
            Orchestrator::scripted(&command(&["true"]), first_calls(9, Reply::json(status, "{}")));
        let report = Machine::boot(&orchestrator).off();
        assert_eq!(report.code, 6, "{}", report.console);
        assert_eq!(orchestrator.state().requests.len(), 1);
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let orchestrator = Orchestrator::scripted(&command(&["true"]), first_calls(9, Reply::json(302, "{}")));
    let report = Machine::boot(&orchestrator).off();
    assert_eq!((report.code, orchestrator.state().requests.len()), (6, 1), "{}", report.console);
}

#[test]
fn an_answer_that_makes_no_sense_ends_the_machine() {
    for body in ["", "[]", "{\"ok\":true}", "{\"ok\":false,\"env\":{},\"session\":\"s\",\"remaining\":60}"] {
        let orchestrator =
            Orchestrator::scripted(&command(&["true"]), first_calls(9, Reply::json(200, body)));
        let report = Machine::boot(&orchestrator).off();
        assert_eq!(report.code, 7, "{body}: {}", report.console);
    }
}

#[test]
fn the_boot_file_is_gone_once_the_token_is_spent() {
    let orchestrator = Orchestrator::start(&command(&["true"]));
    let report = Machine::boot(&orchestrator).off();
    assert_eq!((report.code, report.boot_file_exists), (0, false));
}

#[test]
fn an_orchestrator_outside_the_tailnet_gets_no_token() {
    let orchestrator = Orchestrator::start(&command(&["true"]));
    let url = orchestrator.server.url();
    let file = format!(r#"{{"schemaVersion":1,"baseUrl":"{url}","token":"t","remaining":600}}"#);
    let report = Machine::with_boot_file(&file, &[]).off();
    assert_eq!(report.code, 6, "{}", report.console);
    assert!(report.console.contains("neither on the tailnet nor a relay"), "{}", report.console);
    assert!(orchestrator.state().requests.is_empty());
}

#[test]
fn a_machine_that_is_told_nothing_useful_ends() {
    for file in ["", "{}", r#"{"schemaVersion":2,"baseUrl":"x","token":"t","remaining":1}"#] {
        let report = Machine::with_boot_file(file, &[]).off();
        assert_eq!(report.code, 78, "{file:?}: {}", report.console);
    }
}
