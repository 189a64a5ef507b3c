//! The policy for the tailnet that is shipped.

use std::{collections::BTreeSet, fs, path::PathBuf};

use clawlets_model::limits::CATTLE_PORT;
use serde_json::{Value, json};

/// The policy without its comments, which stand on lines of their own.
fn policy() -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../infra/tailscale/acl.hujson");
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    serde_json::from_str(&lines.join("\n")).unwrap()
}

fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn a_vm_may_reach_the_orchestrators_port_and_nothing_else() {
    let policy = policy();
    let port = format!("tag:clf-orchestrator:{CATTLE_PORT}");
    let known = BTreeSet::from(["acls", "tagOwners", "tests"]);
    let keys: BTreeSet<&str> = policy.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, known, "nothing else opens a way, such as grants or ssh");
    let mut of_vms = 0;
    for rule in policy["acls"].as_array().unwrap() {
        let (from, to) = (texts(&rule["src"]), texts(&rule["dst"]));
        assert_eq!(rule["action"], "accept");
        assert!(!from.contains("*") && !from.contains("autogroup:tagged"), "{rule}");
        if from.contains("tag:cattle") {
            of_vms += 1;
            assert_eq!((from.len(), to), (1, BTreeSet::from([port.as_str()])), "{rule}");
        } else {
            assert_eq!(from, BTreeSet::from(["autogroup:admin"]), "{rule}");
        }
    }
    assert_eq!(of_vms, 1);
    let test = &policy["tests"][0];
    assert_eq!((&test["src"], &test["accept"]), (&json!("tag:cattle"), &json!([port])));
    assert!(texts(&test["deny"]).contains("tag:cattle:22"));
    assert!(texts(&policy["tagOwners"]["tag:cattle"]).contains("tag:clf-orchestrator"));
}
