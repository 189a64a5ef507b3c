//! Who may deploy what.

use serde_json::json;

use crate::support::{Kind, World, both};

#[test]
fn a_bot_deploys_neither_itself_nor_all_nor_an_image() {
    both(|world| {
        for (target, image, code) in [
            ("web-1", None, "self_deploy"),
            ("all", None, "all_by_bot"),
            ("web-2", Some("ami-0123456789abcdef0"), "image_by_bot"),
        ] {
            let reply =
                world.ask("web-1", &json!({ "action": "deploy", "target": target, "ami_override": image }));
            assert_eq!((reply.status, reply.code()), (403, code), "{target}");
        }
        assert_eq!(world.github.dispatches(), []);
        let expected = [
            "instance:web-1 deploy deny web-1 self_deploy",
            "instance:web-1 deploy deny all all_by_bot",
            "instance:web-1 deploy deny web-2 image_by_bot",
        ];
        assert_eq!(world.decisions(), expected);
    });
}

#[test]
fn a_bot_that_is_in_no_registry_deploys_nothing() {
    both(|world| {
        let reply = world.deploy("stranger", "web-1");
        assert_eq!((reply.status, reply.code()), (403, "caller_refused"));
        assert_eq!(world.ask("stranger", &json!({ "action": "status" })).status, 200);
    });
}

#[test]
fn a_person_deploys_all_and_a_bot_another_host() {
    both(|world| {
        let reply = world.deploy("human", "all");
        assert_eq!((reply.status, &reply.body["ok"]), (200, &json!(true)));
        world.finish_runs();
        let reply = world.deploy("web-1", "web-2");
        assert_eq!(reply.status, 200, "{reply:?}");
        let dispatches = world.github.dispatches();
        let sent: Vec<_> = dispatches.iter().map(|dispatch| dispatch.inputs["target"].clone()).collect();
        assert_eq!(sent, ["all", "web-2"]);
        let first = &dispatches[0];
        assert_eq!(
            (first.repository.as_str(), first.workflow.as_str(), first.git_ref.as_str()),
            ("acme/fleet", "fleet-deploy.yml", "main")
        );
        assert_eq!(first.inputs["ami_override"], "");
        assert_eq!(dispatches[1].inputs["request_id"], reply.body["requestId"]);
        assert_eq!(first.inputs.as_object().unwrap().len(), 3);
    });
}

#[test]
fn a_target_is_deployed_by_bots_once_in_half_an_hour() {
    both(|world| {
        assert_eq!(world.deploy("web-1", "web-2").status, 200);
        world.finish_runs();
        for bot in ["web-1", "web-3"] {
            let reply = world.deploy(bot, "web-2");
            assert_eq!((reply.status, reply.code()), (403, "too_soon"), "{bot}");
        }
        assert_eq!(world.deploy("human", "web-2").status, 200);
        world.finish_runs();
        assert_eq!(world.deploy("web-1", "web-3").status, 200);
        world.restart();
        world.finish_runs();
        assert_eq!(world.deploy("web-1", "web-2").code(), "too_soon");
    });
}

#[test]
fn after_that_time_a_bot_deploys_it_again() {
    let world = World::start(Kind::Http, "deploy_interval = \"0s\"\n");
    for _ in 0..2 {
        assert_eq!(world.deploy("web-1", "web-2").status, 200);
        world.finish_runs();
    }
}

#[test]
fn who_asks_too_often_waits() {
    for kind in [Kind::Http, Kind::Lambda] {
        let world = World::start(kind, "requests_per_minute = 3\n");
        let status = json!({ "action": "status" });
        let seen: Vec<u16> = (0..5).map(|_| world.ask("web-1", &status).status).collect();
        assert_eq!(seen, [200, 200, 200, 429, 429]);
        assert_eq!(world.ask("web-2", &status).status, 200, "another caller has its own");
        assert_eq!(world.decisions(), ["instance:web-1 unknown deny too_many_requests"]);
    }
}

#[test]
fn strangers_do_not_fill_the_log_and_keep_nobody_else_out() {
    both(|world| {
        let ask = || world.call("POST", "/", &[], b"{}").status;
        let refused = (0..1_000).take_while(|_| ask() == 401).count();
        assert!((30..1_000).contains(&refused), "{refused}");
        let logged = world.decisions();
        assert_eq!(
            (logged.len(), logged[refused].as_str()),
            (refused + 1, "nobody unknown deny too_many_requests")
        );
        assert_eq!(world.ask("web-1", &json!({ "action": "status" })).status, 200);
    });
}
