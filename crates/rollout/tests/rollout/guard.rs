//! Generated plans: what the guard allows touches one host and nothing else.

use clawlets_rollout::plan::{Plan, Verdict, judge};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::order;

/// What stands in a fleet: address, module, mode, key.
const STANDING: [(&str, Option<&str>, &str, Option<&str>); 14] = [
    ("aws_instance.host[\"web-2\"]", None, "managed", Some("web-2")),
    ("aws_instance.host[\"web-10\"]", None, "managed", Some("web-10")),
    ("module.x.aws_instance.host[\"web-1\"]", Some("module.x"), "managed", Some("web-1")),
    ("aws_instance.other", None, "managed", None),
    ("aws_iam_role.host[\"web-2\"]", None, "managed", Some("web-2")),
    ("aws_s3_bucket.bundles", None, "managed", None),
    ("aws_efs_file_system.memory", None, "managed", None),
    ("aws_efs_mount_target.memory[\"subnet-1\"]", None, "managed", Some("subnet-1")),
    ("aws_lambda_function.control[0]", None, "managed", None),
    ("aws_lambda_function_url.control[0]", None, "managed", None),
    ("aws_dynamodb_table.control[0]", None, "managed", None),
    ("aws_security_group.memory", None, "managed", None),
    ("data.aws_subnets.default", None, "data", None),
    ("data.aws_iam_policy_document.host[\"web-2\"]", None, "data", Some("web-2")),
];

/// What belongs to the host that is meant.
const COMPANIONS: [(&str, &str); 4] = [
    ("aws_iam_role.host[\"web-1\"]", "managed"),
    ("aws_iam_instance_profile.host[\"web-1\"]", "managed"),
    ("aws_security_group.host[\"web-1\"]", "managed"),
    ("data.aws_iam_policy_document.host[\"web-1\"]", "data"),
];

fn known_actions() -> impl Strategy<Value = Vec<String>> {
    let lists: [&[&str]; 9] = [
        &["no-op"],
        &["create"],
        &["read"],
        &["update"],
        &["delete"],
        &["delete", "create"],
        &["create", "delete"],
        &["forget"],
        &["create", "forget"],
    ];
    let lists = lists.map(|list| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    prop::sample::select(lists.to_vec())
}

/// Also lists that no program writes today.
fn any_actions() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![
        6 => Just(vec!["no-op".to_owned()]),
        6 => known_actions(),
        1 => prop::collection::vec(prop::sample::select(vec!["no-op", "create", "delete", "update", "read", "swap", ""]), 0..4)
            .prop_map(|words| words.into_iter().map(str::to_owned).collect()),
    ]
}

fn entry(address: &str, module: Option<&str>, mode: &str, key: Option<&str>, actions: &[String]) -> Value {
    let mut entry = json!({
        "address": address, "mode": mode, "type": "t", "name": "n",
        "change": { "actions": actions, "before": null, "after": {} },
    });
    if let Some(module) = module {
        entry["module_address"] = module.into();
    }
    if let Some(key) = key {
        entry["index"] = key.into();
    }
    entry
}

fn target(actions: &[String], ami: &str, request: &str) -> Value {
    let mut entry = entry("aws_instance.host[\"web-1\"]", None, "managed", Some("web-1"), actions);
    entry["change"]["before"] = json!({ "id": "i-0123456789abcdef0" });
    entry["change"]["after"] = json!({ "ami": ami, "tags": { "deploy-request": request } });
    entry
}

fn plan(changes: &[Value]) -> Plan {
    let document = json!({ "format_version": "1.2", "resource_changes": changes });
    Plan::parse(document.to_string().as_bytes()).unwrap()
}

fn actions_of(entry: &Value) -> Vec<&str> {
    entry["change"]["actions"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_is_allowed_changes_one_host_and_nothing_else(
        target_actions in any_actions(),
        others in prop::collection::vec((0..STANDING.len(), any_actions()), 0..6),
        companions in prop::collection::vec((0..COMPANIONS.len(), any_actions()), 0..3),
        has_target in prop::bool::weighted(0.9),
        ami in prop::sample::select(vec!["ami-00000007", "ami-00000007", "ami-00000007", "ami-00000008"]),
        turn in 0..8usize,
    ) {
        let mut changes: Vec<Value> = Vec::new();
        for (at, actions) in &others {
            let (address, module, mode, key) = STANDING[*at];
            changes.push(entry(address, module, mode, key, actions));
        }
        for (at, actions) in &companions {
            let (address, mode) = COMPANIONS[*at];
            changes.push(entry(address, None, mode, Some("web-1"), actions));
        }
        if has_target {
            changes.push(target(&target_actions, ami, "r-1"));
        }
        let turned = if changes.is_empty() { 0 } else { turn % changes.len() };
        changes.rotate_left(turned);

        let made = has_target && target_actions == ["create"];
        let replaced = has_target && (target_actions == ["delete", "create"] || target_actions == ["create", "delete"]);
        let others_rest = others.iter().all(|(_, actions)| actions == &["no-op"]);
        let companions_fit = companions.iter().all(|(at, actions)| {
            let is_data = COMPANIONS[*at].1 == "data";
            let with_it = if is_data { actions == &["read"] } else { actions == &["create"] };
            actions == &["no-op"] || (made && with_it)
        });
        let allowed = (made || replaced) && others_rest && companions_fit && ami == "ami-00000007";

        let verdict = judge(&plan(&changes), &order("web-1"));
        prop_assert_eq!(verdict.is_ok(), allowed, "{:?} of {:#?}", verdict, changes);
        if let Ok(verdict) = verdict {
            for change in &changes {
                let is_its_own = change["index"] == "web-1" && change.get("module_address").is_none();
                prop_assert!(is_its_own || actions_of(change) == ["no-op"]);
            }
            prop_assert_eq!(verdict == Verdict::Create, made);
        }
    }

    #[test]
    fn every_other_change_is_named(
        at in 0..STANDING.len(),
        actions in any_actions().prop_map(|actions| if actions == ["no-op"] { words(&["update"]) } else { actions }),
    ) {
        let (address, module, mode, key) = STANDING[at];
        let changes = vec![
            target(&words(&["delete", "create"]), "ami-00000007", "r-1"),
            entry(address, module, mode, key, &actions),
        ];
        let refused = judge(&plan(&changes), &order("web-1")).unwrap_err();
        prop_assert!(refused.to_string().contains(address), "{}", refused);
    }

    #[test]
    fn whatever_is_read_as_a_plan_is_judged_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(plan) = Plan::parse(&bytes) {
            let _ = judge(&plan, &order("web-1"));
        }
    }
}
