//! What GitHub does on a bad day, and a server that dies between two steps.

use clawlets_github_stand_in::DispatchMishap;
use serde_json::{Value, json};

use crate::support::{Kind, World, both};

fn keyed(target: &str) -> Value {
    json!({ "action": "deploy", "target": target, "idempotencyKey": "k" })
}

#[test]
fn what_github_refuses_is_told_with_its_status_and_may_be_tried_again() {
    both(|world| {
        for (status, expected) in
            [(401, 502), (403, 502), (404, 502), (422, 502), (429, 502), (500, 502), (503, 502)]
        {
            world.github.on_next_dispatch(DispatchMishap::Refused(status));
            let reply = world.ask("web-1", &keyed("web-2"));
            assert_eq!((reply.status, reply.code()), (expected, "upstream"), "{status}");
            assert!(reply.body["error"].as_str().unwrap().contains(&status.to_string()), "{reply:?}");
        }
        assert_eq!(world.github.dispatches(), []);
        let reply = world.ask("web-1", &keyed("web-2"));
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(world.github.dispatches().len(), 1);
        assert!(world.decisions().contains(&"instance:web-1 deploy failed web-2 upstream".to_owned()));
    });
}

#[test]
fn a_deploy_that_was_started_in_silence_is_found_and_not_started_again() {
    both(|world| {
        world.github.on_next_dispatch(DispatchMishap::TakenInSilence);
        let reply = world.ask("human", &keyed("web-1"));
        assert_eq!((reply.status, reply.code()), (504, "upstream_timeout"));
        let again = world.ask("human", &keyed("web-1"));
        assert_eq!(again.status, 200, "{again:?}");
        let dispatches = world.github.dispatches();
        assert_eq!(dispatches.len(), 1);
        assert_eq!(dispatches[0].inputs["request_id"], again.body["requestId"]);
        assert_eq!(world.deploy("human", "web-2").status, 409);
    });
}

#[test]
fn a_deploy_of_which_nobody_knows_keeps_others_out_for_a_while_only() {
    let world = World::start(Kind::Http, "run_patience = \"2s\"\n");
    world.github.on_next_dispatch(DispatchMishap::Hangs);
    assert_eq!(world.ask("human", &keyed("web-1")).status, 504);
    crate::support::until("another may begin", || world.deploy("human", "web-2").status == 200);
    assert_eq!(world.github.dispatches().len(), 1);
}

#[test]
fn a_deploy_that_github_makes_nothing_of_is_missing() {
    let world = World::start(Kind::Http, "run_patience = \"1s\"\n");
    world.github.on_next_dispatch(DispatchMishap::NoRun);
    let reply = world.deploy("human", "web-1");
    assert_eq!((reply.status, &reply.body["run"]), (200, &Value::Null));
    assert_eq!(world.deploy("human", "web-2").status, 409);
    let state = || world.ask("human", &json!({ "action": "status" })).body["deploy"]["state"].clone();
    crate::support::until("the deploy is missing", || state() == "missing");
    assert_eq!(world.deploy("human", "web-2").status, 200);
}

#[test]
fn a_server_that_died_after_the_dispatch_starts_nothing_twice() {
    let mut world = World::start(Kind::Http, "");
    world.github.on_next_dispatch(DispatchMishap::TakenInSilence);
    let url = world.url().to_owned();
    let (bearer, body) = (format!("Bearer {}", world.token("human")), keyed("web-1").to_string());
    // Whoever asked gets no answer any more.
    let asking = std::thread::spawn(move || {
        std::panic::catch_unwind(|| {
            crate::support::request(&url, "POST", "/", &[("authorization", &bearer)], body.as_bytes())
        })
    });
    crate::support::until("GitHub is asked", || world.github.dispatches().len() == 1);
    world.kill();
    assert!(asking.join().unwrap().is_err());
    world.restart();
    // Until it is sure that nobody works on it any more, the same request waits or is told so.
    crate::support::until("the deploy is found", || world.ask("human", &keyed("web-1")).status == 200);
    assert_eq!(world.github.dispatches().len(), 1);
}

#[test]
fn while_nobody_reaches_github_nothing_begins() {
    let mut world = World::prepare(Kind::Http, "");
    world.set("GITHUB_API_URL", "http://127.0.0.1:9");
    world.restart();
    let reply = world.deploy("human", "web-1");
    assert_eq!((reply.status, reply.code()), (502, "upstream"));
    assert_eq!(world.deploy("human", "web-2").status, 502, "nothing is left of the first");
}

#[test]
fn an_app_deploys_with_a_token_for_the_one_repository() {
    let mut world = World::prepare(Kind::Http, "");
    let key = world.path("app.pem");
    std::fs::write(&key, &world.github.pem().pkcs1).unwrap();
    world
        .github
        .change_installation(|installation| assert!(installation.repositories.insert("fleet".to_owned())));
    world.set("GITHUB_TOKEN", "");
    world.set("GITHUB_APP_ID", &clawlets_github_stand_in::Github::APP_ID.to_string());
    world.set("GITHUB_APP_INSTALLATION_ID", &clawlets_github_stand_in::Github::INSTALLATION_ID.to_string());
    world.set("GITHUB_APP_PEM_FILE", key.to_str().unwrap());
    world.restart();
    assert_eq!(world.deploy("human", "web-1").status, 200, "{}", world.log());
    let minted = world.github.minted();
    assert_eq!(minted.len(), 1);
    assert_eq!(minted[0].repositories.iter().collect::<Vec<_>>(), ["fleet"]);
    assert_eq!(minted[0].permissions.keys().collect::<Vec<_>>(), ["actions", "metadata"]);
    assert_eq!(world.github.dispatches()[0].token, minted[0].token);
}
