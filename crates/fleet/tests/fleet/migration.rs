//! Files of earlier versions.

use std::{fs, path::Path};

use clawlets_fleet::{Fleet, migrate};
use serde_json::{Value, json};

fn migrated(document: &Value) -> Value {
    serde_json::from_str(&migrate(&document.to_string()).unwrap().text).unwrap()
}

/// Files of a version as they were found, and what becomes of them: `v8.json` and `v8.migrated.json`.
#[test]
fn each_earlier_version_becomes_the_expected_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/migration");
    for version in 8..=12 {
        let read = |name: String| fs::read_to_string(folder.join(name)).unwrap();
        let (before, after) = (read(format!("v{version}.json")), read(format!("v{version}.migrated.json")));
        let outcome = migrate(&before).unwrap();
        assert_eq!(outcome.text, after, "v{version}");
        assert_eq!(outcome.from_version.number(), version);
        assert!(outcome.steps.len() > 1, "v{version} does not say what was done");
        let (old, new) = (Fleet::read(&before).unwrap(), Fleet::read(&after).unwrap());
        assert_eq!(old.fleet, new.fleet, "v{version} means something else");
        assert_eq!(migrate(&after).unwrap().text, after, "v{version} changes again");
    }
}

#[test]
fn the_order_and_the_layout_of_a_file_stay() {
    let before = "{\r\n\t\"hosts\": {\r\n\t\t\"h\": {\r\n\t\t\t\"agentModelPrimary\": \"\"\r\n\t\t}\r\n\t},\r\n\t\"baseFlake\": \"x\",\r\n\t\"schemaVersion\": 12\r\n}\r\n";
    let after = migrate(before).unwrap();
    assert_eq!(after.text, before.replace("12", "13"));
    assert_eq!(after.steps, ["schemaVersion: 12 became 13"]);
}

#[test]
fn a_current_file_stays_byte_by_byte() {
    let text = "{\"schemaVersion\":13,   \"hosts\":{\"h\":{}}}";
    let outcome = migrate(text).unwrap();
    assert_eq!((outcome.text.as_str(), outcome.steps.len()), (text, 0));
}

#[test]
fn model_secrets_reach_the_bots_and_disposable_vms() {
    let after = migrated(&json!({
        "schemaVersion": 8, "hosts": { "h": {} },
        "fleet": { "modelSecrets": { "zai": "z_ai_api_key", "anthropic": "anthropic_api_key" } },
    }));
    let expected = json!({ "ZAI_API_KEY": "z_ai_api_key", "ANTHROPIC_API_KEY": "anthropic_api_key" });
    assert_eq!((&after["fleet"]["secretEnv"], &after["cattle"]["secretEnv"]), (&expected, &expected));
    assert_eq!(after["fleet"].get("modelSecrets"), None);
    let by_variable = migrated(&json!({
        "schemaVersion": 8, "hosts": { "h": {} },
        "fleet": { "modelSecrets": { "ZAI_API_KEY": "z_ai_api_key", "ANTHROPIC_API_KEY": "anthropic_api_key" } },
    }));
    assert_eq!(by_variable["fleet"]["secretEnv"], expected);
}

#[test]
fn a_providers_credential_is_mapped_once() {
    let env = |fleet: Value, version: u32| {
        migrated(&json!({ "schemaVersion": version, "hosts": { "h": {} }, "fleet": fleet }))["fleet"]["secretEnv"].clone()
    };
    let oauth = env(json!({ "modelSecrets": { "anthropic": "anthropic_oauth_token" } }), 8);
    assert_eq!(oauth, json!({ "ANTHROPIC_OAUTH_TOKEN": "anthropic_oauth_token" }));
    let known = json!({ "secretEnv": { "ANTHROPIC_OAUTH_TOKEN": "mine" }, "modelSecrets": { "anthropic": "anthropic_api_key" } });
    assert_eq!(env(known, 8), json!({ "ANTHROPIC_OAUTH_TOKEN": "mine" }));
    let twice = json!({ "secretEnv": { "ANTHROPIC_OAUTH_TOKEN": "claude", "ANTHROPIC_API_KEY": "claude" } });
    assert_eq!(env(twice, 12), json!({ "ANTHROPIC_API_KEY": "claude" }));
    let both = json!({ "secretEnv": { "ANTHROPIC_OAUTH_TOKEN": "one", "ANTHROPIC_API_KEY": "other" } });
    assert_eq!(env(both.clone(), 12), both["secretEnv"]);
}

#[test]
fn a_token_that_stands_twice_is_not_overwritten() {
    let after = migrate(
        &json!({
            "schemaVersion": 8, "hosts": { "h": {} },
            "fleet": { "botOrder": ["a"], "bots": { "a": { "profile": {
                "secretEnv": { "DISCORD_BOT_TOKEN": "old" }, "discordTokenSecret": "new" } } } },
        })
        .to_string(),
    )
    .unwrap();
    let document: Value = serde_json::from_str(&after.text).unwrap();
    assert_eq!(
        document["fleet"]["bots"]["a"]["profile"],
        json!({ "secretEnv": { "DISCORD_BOT_TOKEN": "old" } })
    );
    assert!(after.steps.iter().any(|step| step.contains("discordTokenSecret")), "{:?}", after.steps);
}

#[test]
fn what_nobody_can_place_is_pointed_at_and_not_dropped() {
    let text = json!({
        "schemaVersion": 8, "hosts": { "h": {} }, "fleet": { "modelSecrets": { "My Lab!": "x" }, "colour": "red" },
    }).to_string();
    let invalid = Fleet::read(&text).unwrap_err();
    let paths: Vec<_> = invalid.errors().map(|problem| problem.path.to_string()).collect();
    assert_eq!(paths.len(), 2, "{paths:?}");
    assert!(
        paths.contains(&"fleet.modelSecrets".to_owned()) && paths.contains(&"fleet.colour".to_owned()),
        "{paths:?}"
    );
    let after: Value = serde_json::from_str(&migrate(&text).unwrap().text).unwrap();
    assert_eq!(after["fleet"]["modelSecrets"], json!({ "My Lab!": "x" }));
    assert_eq!(after["fleet"]["colour"], "red");
}

#[test]
fn the_gateways_old_name_is_understood_in_every_version() {
    let text = r#"{ "schemaVersion": 13, "hosts": { "h": {} },
        "fleet": { "botOrder": ["a"], "bots": { "a": { "clawdbot": { "x": 1 } } } } }"#;
    let loaded = Fleet::read(text).unwrap();
    assert_eq!(loaded.fleet.shared.bots[0].openclaw["x"], 1);
    assert_eq!(loaded.warnings[0].path.to_string(), "fleet.bots.a.clawdbot");
    assert_eq!(migrate(text).unwrap().steps, ["fleet.bots.a: clawdbot is called openclaw"]);
}

#[test]
fn a_file_that_is_no_declaration_is_not_migrated() {
    for text in ["", "[]", "{}", "{\"schemaVersion\": 7}", "{\"schemaVersion\": 12"] {
        assert!(migrate(text).is_err(), "{text:?}");
    }
}
