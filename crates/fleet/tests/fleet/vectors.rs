//! Documents of schema 12, taken or refused. `CLAWLETS_VECTORS` names another folder of them.

use std::path::PathBuf;

use clawlets_fleet::{Fleet, migrate};
use serde_json::Value;

fn cases() -> Vec<Value> {
    let folder = match std::env::var_os("CLAWLETS_VECTORS") {
        Some(folder) => folder.into(),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/vectors"),
    };
    let path = folder.join("config-v12.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!cases.is_empty());
    cases
}

/// What a reader makes of a document: nothing, or the paths of its errors.
fn faults(text: &str) -> Option<Vec<String>> {
    let invalid = Fleet::read(text).err()?;
    Some(invalid.errors().map(|problem| problem.path.to_string()).collect())
}

#[test]
fn each_document_is_taken_or_refused_at_its_path() {
    let mut wrong = Vec::new();
    for case in cases() {
        let got = faults(&serde_json::to_string_pretty(&case["input"]["document"]).unwrap());
        let is_right = match (&got, case["expect"]["ok"] == true) {
            (None, true) => true,
            (Some(paths), false) => {
                case["expect"]["path"].as_str().is_none_or(|path| paths.iter().any(|found| found == path))
            }
            (None, false) | (Some(_), true) => false,
        };
        if !is_right {
            wrong.push(format!(
                "{} ({}): {got:?}, expected {}",
                case["id"], case["input"]["case"], case["expect"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_migrated_document_is_taken_or_refused_as_before() {
    for case in cases() {
        let before = serde_json::to_string_pretty(&case["input"]["document"]).unwrap();
        let after = migrate(&before).unwrap();
        assert!(!after.steps.is_empty(), "{}", case["id"]);
        assert_eq!(
            faults(&before).is_none(),
            faults(&after.text).is_none(),
            "{}: {}",
            case["id"],
            after.text
        );
    }
}
