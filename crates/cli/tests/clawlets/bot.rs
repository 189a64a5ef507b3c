//! `clawlets bot`.

use serde_json::json;

use crate::{bench::snapshot, declared::Declared};

#[test]
fn a_bot_joins_behind_the_others_and_its_port_stays() {
    let project = Declared::fresh();
    for bot in ["maren", "sonja", "gunnar"] {
        project.ok(&format!("bot add --bot {bot}"));
    }
    let port = |bot: &str| project.at(&format!("/fleet/bots/{bot}/profile/gatewayPort"));
    let before = (port("maren"), port("gunnar"));
    project.ok("bot rm --bot sonja");
    project.ok("bot add --bot wren");
    assert_eq!(project.at("/fleet/botOrder"), json!(["maren", "gunnar", "wren"]));
    assert_eq!((port("maren"), port("gunnar")), before);
    assert!(port("wren") != before.0 && port("wren") != before.1);
    snapshot!(project.ok("bot list"));
    let rows = project.ok("bot list --json").json();
    assert_eq!(rows["bots"][1]["name"], "gunnar");
}

#[test]
fn names_that_no_unix_user_could_have_are_refused() {
    let project = Declared::fresh();
    for name in ["Bot", "1bot", "a/b", "../a", "", "abcdefghijklmnopqrstuvwxyz01"] {
        let ran = crate::bench::clawlets_in(project.folder(), &["bot", "add", "--bot", name]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::value"), "{name}");
    }
    project.ok("bot add --bot maren");
    assert_eq!(project.refused("bot add --bot maren"), (5, "clawlets::bot::exists".to_owned()));
    assert_eq!(project.refused("bot rm --bot mara"), (3, "clawlets::bot::unknown".to_owned()));
    assert_eq!(project.refused("bot add"), (2, "clawlets::usage::arguments".to_owned()));
}

#[test]
fn an_order_that_lacks_bots_is_repaired_by_removing_them() {
    let project = Declared::of(
        r#"{ "schemaVersion": 13, "fleet": { "botOrder": ["a"], "bots": { "a": {}, "b": {} } }, "hosts": { "web-1": {} } }"#,
    );
    assert_eq!(project.refused("bot list").0, 6);
    project.ok("bot rm --bot b");
    assert!(project.ok("bot list").out.contains('a'));
    let none = Declared::fresh().ok("bot list");
    assert!(none.out.is_empty() && none.talk.contains("bot add"), "{none}");
}
