//! Nothing is done that is not logged.

use clawlets_audit::{Decision, Kind as EntryKind, verify};
use serde_json::json;

use crate::support::{Kind, World, both};

#[test]
fn a_deploy_is_logged_before_it_is_asked_for_and_its_name_holds_the_head() {
    both(|world| {
        let reply = world.deploy("human", "web-1");
        let entries = world.audited();
        let seen: Vec<_> = entries.iter().map(|entry| (entry.kind, entry.decision)).collect();
        assert_eq!(seen, [(EntryKind::Decision, Decision::Allow), (EntryKind::Outcome, Decision::Done)]);
        let name = reply.body["requestId"].as_str().unwrap();
        let (id, mark) = name.split_once('-').unwrap();
        assert_eq!(entries[0].deploy.as_deref(), Some(id));
        let text = std::fs::read(world.path("audit.jsonl")).unwrap();
        assert_eq!(verify(text.as_slice(), &[mark.to_owned()]).unwrap().absent, Vec::<String>::new());
        assert!(name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{name}");
    });
}

#[test]
fn a_log_that_somebody_changed_ends_all_deploys() {
    both(|world| {
        assert_eq!(world.deploy("web-1", "web-1").status, 403);
        let path = world.path("audit.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("web-1", "web-2")).unwrap();
        for (who, target) in [("human", "web-1"), ("web-1", "web-1")] {
            let reply = world.deploy(who, target);
            assert_eq!((reply.status, reply.code()), (503, "audit_closed"), "{who}");
        }
        assert_eq!(world.ask("human", &json!({ "action": "status" })).status, 200);
        assert_eq!(world.github.dispatches(), []);
        std::fs::write(&path, text).unwrap();
        assert_eq!(world.deploy("human", "web-1").status, 200, "nothing was left of the refused one");
    });
}

#[test]
fn a_log_that_lacks_what_was_published_ends_all_deploys() {
    both(|world| {
        assert_eq!(world.deploy("human", "web-1").status, 200);
        world.finish_runs();
        world.kill();
        std::fs::write(world.path("audit.jsonl"), "").unwrap();
        world.restart();
        assert_eq!(world.deploy("human", "web-2").code(), "audit_closed");
        assert_eq!(world.github.dispatches().len(), 1);
    });
}

#[test]
fn a_log_that_takes_nothing_ends_all_deploys() {
    for kind in [Kind::Http, Kind::Lambda] {
        for log in ["/dev/full", "/dev"] {
            let mut world = World::prepare(kind, "");
            world.set("CONTROL_AUDIT_LOG", log);
            world.restart();
            let reply = world.deploy("human", "web-1");
            assert_eq!((reply.status, reply.code()), (503, "audit_closed"), "{log}: {reply:?}");
            assert_eq!(world.ask("human", &json!({ "action": "status" })).status, 200);
            assert_eq!(world.github.dispatches(), []);
        }
    }
}
