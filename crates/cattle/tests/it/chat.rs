//! The built-in runner of agent tasks.

use std::sync::{Arc, Mutex};

use clawlets_model::{Reason, guest::LogStream, guest::TaskResult};
use serde_json::{Value, json};

use crate::support::{Job, Machine, Orchestrator, Reply, Request, SECRET, Server, agent};

/// A model's endpoint, and what it was asked.
fn model(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> (Server, Arc<Mutex<Vec<Request>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let server = Server::start(move |request| {
        seen.lock().unwrap().push(request.clone());
        script(request)
    });
    (server, asked)
}

fn says(text: &str) -> Reply {
    Reply::json(
        200,
        &json!({ "choices": [{ "message": { "role": "assistant", "content": text } }] }).to_string(),
    )
}

/// A job for a model of the provider `secret`, whose key the orchestrator holds.
fn job(server: &Server) -> Job {
    agent("Who are you?")
        .order("model", json!("secret/m-1"))
        .order("modelBaseUrl", json!(format!("{}/v1", server.url())))
        .task("artifacts", json!(["answer.md"]))
}

fn run(job: &Job) -> (TaskResult, String, Option<Vec<u8>>) {
    let orchestrator = Orchestrator::start(job);
    let result = Machine::boot(&orchestrator).result(&orchestrator);
    let state = orchestrator.state();
    (result, state.lines(LogStream::Stderr).join("\n"), state.artifacts.get("answer.md").cloned())
}

#[test]
fn an_agent_answers_as_its_persona_with_its_model_and_key() {
    let (server, asked) = model(|_| says("I am Rex."));
    let (result, _, answer) = run(&job(&server));
    assert_eq!((result.reason, result.output.as_deref()), (Reason::Finished, Some("I am Rex.")));
    assert_eq!(answer.unwrap(), b"I am Rex.");
    let asked = asked.lock().unwrap();
    let [question] = asked.as_slice() else { panic!("asked {} times", asked.len()) };
    assert_eq!(question.path, "/v1/chat/completions");
    assert_eq!(question.header("authorization"), format!("Bearer {SECRET}"));
    let body: Value = serde_json::from_slice(&question.body).unwrap();
    assert_eq!(body["model"], "m-1");
    assert_eq!(body["messages"][0], json!({ "role": "system", "content": "You are Rex.\n" }));
    assert_eq!(body["messages"][1], json!({ "role": "user", "content": "Who are you?" }));
}

#[test]
fn the_personas_own_model_is_used_when_the_order_names_none() {
    let (server, asked) = model(|_| says("ok"));
    let mut job = job(&server).persona("model", json!({ "primary": "secret/from-persona" }));
    job.order.as_object_mut().unwrap().remove("model");
    assert_eq!(run(&job).0.reason, Reason::Finished);
    assert!(asked.lock().unwrap()[0].text().contains("\"from-persona\""));
}

#[test]
fn an_agent_leaves_through_the_proxy_when_there_is_one() {
    let (server, asked) = model(|_| says("through"));
    let address = server.address;
    let (proxy, tunnels) = model(move |request| match request.method.as_str() {
        "CONNECT" => Reply::Tunnel(address),
        _ => Reply::json(405, "{}"),
    });
    // Nobody but the proxy knows where that is.
    let job = job(&server)
        .order("modelBaseUrl", json!("http://model.invalid/v1"))
        .order("egressProxy", json!(proxy.url()));
    let (result, said, _) = run(&job);
    assert_eq!(result.output.as_deref(), Some("through"), "{said}");
    assert_eq!(tunnels.lock().unwrap()[0].path, "model.invalid:80");
    assert_eq!(asked.lock().unwrap()[0].header("host"), "model.invalid");
}

#[test]
fn a_fault_of_the_model_is_told_without_the_key() {
    let (server, _) = model(|_| {
        Reply::json(
            401,
            &json!({ "error": { "message": format!("bad key {SECRET}, see\nhelp") } }).to_string(),
        )
    });
    let (result, said, answer) = run(&job(&server));
    assert_eq!((result.reason, result.exit_code, answer), (Reason::Nonzero, Some(7), None));
    assert!(
        said.contains("failed to ask secret/m-1: its endpoint answered 401: bad key <redacted>, see help"),
        "{said}"
    );
}

#[test]
fn answers_that_are_none_are_faults() {
    for (reply, expected) in [
        (Reply::json(200, "<html>"), "not a chat completion"),
        (Reply::json(200, r#"{"choices":[]}"#), "its answer is empty"),
        (Reply::json(302, ""), "answered 302: no reason given"),
        (Reply::Answer(200, vec![b'x'; 5 << 20]), "longer than 4 MiB"),
        (Reply::Drop, "failed to ask secret/m-1: "),
    ] {
        let (server, _) = model(move |_| reply.clone());
        let (result, said, _) = run(&job(&server));
        assert_eq!(result.exit_code, Some(7), "{expected}");
        assert!(said.contains(expected), "{expected:?} in {said}");
    }
}

#[test]
fn a_fallback_answers_when_the_first_model_does_not_and_its_key_is_there() {
    let (server, asked) = model(|request| match request.text() {
        text if text.contains("\"m-1\"") => Reply::json(529, r#"{"error":{"message":"overloaded"}}"#),
        _ => says("from the fallback"),
    });
    let fallbacks = json!({ "fallbacks": ["keyless/m-2", "secret/m-3"] });
    let (result, said, _) = run(&job(&server).persona("model", fallbacks));
    assert_eq!(result.output.as_deref(), Some("from the fallback"));
    assert!(said.contains("529: overloaded; trying secret/m-3"), "{said}");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn a_model_without_a_key_or_an_address_is_named() {
    let (server, asked) = model(|_| says("never"));
    let mut unknown_address = job(&server);
    unknown_address.order.as_object_mut().unwrap().remove("modelBaseUrl");
    for (job, expected) in [
        (job(&server).order("model", json!("other/m")), "no key for other/m: OTHER_API_KEY is not set"),
        (unknown_address, "no base URL is known for the provider of secret/m-1"),
    ] {
        let (result, said, _) = run(&job);
        assert_eq!(result.exit_code, Some(78));
        assert!(said.contains(expected), "{said}");
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[test]
fn an_agent_without_any_model_is_an_error_before_it_starts() {
    let (result, _, _) = run(&agent("hello"));
    assert_eq!(result.reason, Reason::Error);
    assert!(result.message.unwrap().contains("neither the order nor the persona names one"));
}
