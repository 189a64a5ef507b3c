//! One deploy at a time, and one for each key.

use serde_json::json;

use crate::support::{Kind, World, both};

#[test]
fn while_a_deploy_runs_there_is_no_other() {
    both(|world| {
        assert_eq!(world.deploy("human", "web-1").status, 200);
        for (status, conclusion) in [("queued", None), ("in_progress", None)] {
            world.github.move_runs(status, conclusion);
            let reply = world.deploy("human", "web-2");
            assert_eq!((reply.status, reply.code()), (409, "deploy_running"), "{status}");
            assert_eq!(world.deploy("web-1", "web-3").status, 409);
        }
        for conclusion in ["success", "failure", "cancelled", "timed_out"] {
            world.github.move_runs("completed", Some(conclusion));
            assert_eq!(world.deploy("human", "web-2").status, 200, "{conclusion}");
        }
        assert_eq!(world.github.dispatches().len(), 5);
    });
}

#[test]
fn the_run_that_a_deploy_started_is_found_and_followed() {
    both(|world| {
        let reply = world.deploy("human", "web-1");
        assert_eq!(reply.body["run"]["status"], "queued");
        assert_eq!(reply.body["run"]["url"], "https://github.com/acme/fleet/actions/runs/7000");
        let state = || {
            let status = world.ask("human", &json!({ "action": "status" }));
            (status.body["deploy"]["state"].clone(), status.body["deploy"]["requestId"].clone())
        };
        let name = reply.body["requestId"].clone();
        for (status, conclusion, expected) in
            [("in_progress", None, "in_progress"), ("completed", Some("failure"), "failed")]
        {
            world.github.move_runs(status, conclusion);
            // GitHub is asked once a second at most, whoever looks.
            crate::support::until("the run is followed", || state() == (json!(expected), name.clone()));
        }
    });
}

#[test]
fn the_same_key_is_one_deploy_and_gets_the_same_answer() {
    both(|world| {
        let request = json!({ "action": "deploy", "target": "web-1", "idempotencyKey": "chat-17" });
        let first = world.ask("human", &request);
        assert_eq!(first.status, 200);
        world.restart();
        let again = world.ask("human", &request);
        assert_eq!((again.status, &again.body["requestId"]), (200, &first.body["requestId"]));
        world.finish_runs();
        assert_eq!(world.ask("human", &request).body["requestId"], first.body["requestId"]);
        assert_eq!(world.github.dispatches().len(), 1);
        let other = json!({ "action": "deploy", "target": "web-2", "idempotencyKey": "chat-17" });
        let reply = world.ask("human", &other);
        assert_eq!((reply.status, reply.code()), (409, "key_reused"));
        // The same key of somebody else is another deploy.
        assert_eq!(world.ask("web-1", &other).status, 200);
        assert_eq!(world.github.dispatches().len(), 2);
    });
}

#[test]
fn of_many_at_once_with_one_key_one_starts_and_all_get_its_answer() {
    let world = World::start(Kind::Http, "");
    let request = json!({ "action": "deploy", "target": "web-1", "idempotencyKey": "k" }).to_string();
    let replies = at_once(&world, 12, |_| request.clone());
    let names: std::collections::BTreeSet<_> = replies
        .iter()
        .map(|reply| reply.body["requestId"].as_str().unwrap_or_else(|| panic!("{reply:?}")))
        .collect();
    assert_eq!((names.len(), world.github.dispatches().len()), (1, 1));
}

#[test]
fn of_many_at_once_with_keys_of_their_own_one_starts() {
    let world = World::start(Kind::Http, "");
    let replies = at_once(&world, 12, |number| {
        json!({ "action": "deploy", "target": "web-1", "idempotencyKey": number.to_string() }).to_string()
    });
    let mut seen: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    seen.sort_unstable();
    assert_eq!((seen[0], &seen[1..]), (200, &[409; 11][..]));
    assert_eq!(world.github.dispatches().len(), 1);
}

#[test]
fn two_servers_on_one_state_start_one_deploy() {
    let one = World::start(Kind::Http, "");
    let mut two = World::prepare(Kind::Http, "");
    for name in ["instances.json", "tokens.json", "token"] {
        std::fs::copy(one.path(name), two.path(name)).unwrap();
    }
    two.set("CONTROL_AUDIT_LOG", one.path("audit.jsonl").to_str().unwrap());
    two.restart();
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| one.deploy("human", "web-1").status);
        let second = scope.spawn(|| two.deploy("human", "web-2").status);
        (first.join().unwrap(), second.join().unwrap())
    });
    let mut seen = [first, second];
    seen.sort_unstable();
    assert_eq!(seen, [200, 409]);
    assert_eq!(one.github.dispatches().len() + two.github.dispatches().len(), 1);
    one.audited();
}

fn at_once(world: &World, count: usize, body: impl Fn(usize) -> String + Sync) -> Vec<crate::support::Reply> {
    let body = &body;
    std::thread::scope(|scope| {
        let calls: Vec<_> = (0..count)
            .map(|number| scope.spawn(move || world.post("human", body(number).as_bytes())))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    })
}
