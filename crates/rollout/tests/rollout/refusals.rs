//! What the guard says, case by case.

use clawlets_rollout::plan::{Objection, Plan, Verdict, judge};
use serde_json::{Value, json};

use crate::order;

fn target() -> Value {
    json!({
        "address": "aws_instance.host[\"web-1\"]", "mode": "managed", "type": "aws_instance", "name": "host", "index": "web-1",
        "change": {
            "actions": ["delete", "create"],
            "before": { "id": "i-0123456789abcdef0", "ami": "ami-00000001" },
            "after": { "ami": "ami-00000007", "tags": { "deploy-request": "r-1" } },
        },
        "action_reason": "replace_by_request",
    })
}

fn said(document: &Value) -> String {
    judge(&Plan::parse(document.to_string().as_bytes()).unwrap(), &order("web-1")).unwrap_err().to_string()
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut document = json!({ "format_version": "1.2", "resource_changes": [target()] });
    change(&mut document);
    document
}

#[test]
fn a_forced_replacement_is_allowed_and_names_what_goes() {
    let document = with(|_| {});
    let verdict = judge(&Plan::parse(document.to_string().as_bytes()).unwrap(), &order("web-1")).unwrap();
    let Verdict::Replace { from } = verdict else { panic!("{verdict:?}") };
    assert_eq!(from.unwrap().as_str(), "i-0123456789abcdef0");
}

#[test]
fn each_fault_of_a_plan_is_said_in_words() {
    let host = "/resource_changes/0";
    let at = |pointer: &str, value: Value| {
        let pointer = format!("{host}{pointer}");
        with(move |document| *document.pointer_mut(&pointer).unwrap() = value)
    };
    let cases = [
        (with(|d| d["format_version"] = "2.0".into()), "format 2.0"),
        (with(|d| d["errored"] = true.into()), "planning failed"),
        (with(|d| d["deferred_changes"] = json!([{}])), "planned later"),
        (with(|d| d["action_invocations"] = json!([{}])), "action of a provider"),
        (with(|d| d["resource_changes"] = json!([])), "leave aws_instance.host[\"web-1\"] as it is"),
        (at("/change/actions", json!(["no-op"])), "leave aws_instance.host[\"web-1\"] as it is"),
        (at("/change/actions", json!(["update"])), "change aws_instance.host[\"web-1\"] instead of"),
        (at("/change/actions", json!(["delete"])), "destroy aws_instance.host[\"web-1\"] instead of"),
        (at("/change/actions", json!(["forget"])), "forget aws_instance.host[\"web-1\"]"),
        (
            at("/change/actions", json!(["create", "delete", "create"])),
            "something unknown (create, delete, create)",
        ),
        (at("/change/actions", json!([])), "something unknown"),
        (at("/change/after/ami", json!("ami-00000009")), "from ami-00000009 instead of ami-00000007"),
        (at("/change/after", json!({ "tags": { "deploy-request": "r-1" } })), "not known yet"),
        (at("/change/after/tags", json!({})), "the name of this deploy"),
        (with(|d| d["resource_changes"][0]["previous_address"] = "aws_instance.old".into()), "rename"),
        (with(|d| d["resource_changes"][0]["change"]["importing"] = json!({ "id": "i-1" })), "take over"),
        (with(|d| d["resource_changes"][0]["deposed"] = "0123abcd".into()), "destroy"),
        (with(|d| d["resource_changes"][0]["mode"] = "ephemeral".into()), "something unknown"),
    ];
    for (document, expected) in cases {
        let said = said(&document);
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn the_same_host_twice_is_refused() {
    let document = with(|d| d["resource_changes"] = json!([target(), target()]));
    assert!(said(&document).contains("which a deploy leaves alone"));
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let document = with(|d| {
        let mut other = target();
        other["address"] = "aws_instance.host[\"web-2\"]".into();
        other["index"] = "web-2".into();
        let bucket = json!({ "address": "aws_s3_bucket.bundles", "mode": "managed", "change": { "actions": ["delete"] } });
        d["resource_changes"] = json!([target(), other, bucket]);
    });
    let plan = Plan::parse(document.to_string().as_bytes()).unwrap();
    let refused = judge(&plan, &order("web-1")).unwrap_err();
    let named: Vec<_> = refused
        .objections
        .iter()
        .map(|objection| {
            let Objection::Elsewhere { effect, address } = objection else { panic!("{objection:?}") };
            format!("{effect} {address}")
        })
        .collect();
    assert_eq!(named, ["replace aws_instance.host[\"web-2\"]", "destroy aws_s3_bucket.bundles"]);
}
