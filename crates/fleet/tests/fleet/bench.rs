//! What the tests have in common.

use clawlets_fleet::{Fleet, InvalidFleet, Loaded, Problem, ProblemCode, Severity};
use serde_json::{Value, json};

/// A document with one host and these further settings.
pub(crate) fn with(settings: Value) -> Value {
    let mut document = json!({ "schemaVersion": 13, "hosts": { "web-1": {} } });
    merge(&mut document, settings);
    document
}

fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

pub(crate) fn read(document: &Value) -> Result<Loaded, InvalidFleet> {
    Fleet::read(&serde_json::to_string_pretty(document).unwrap())
}

/// The errors of a document as path and code.
pub(crate) fn errors(document: &Value) -> Vec<(String, ProblemCode)> {
    match read(document) {
        Ok(_) => Vec::new(),
        Err(invalid) => shown(invalid.errors()),
    }
}

/// The warnings of a document that is taken.
pub(crate) fn warnings(document: &Value) -> Vec<(String, ProblemCode)> {
    let loaded = read(document).unwrap_or_else(|invalid| panic!("{invalid}: {:#?}", invalid.problems));
    shown(loaded.warnings.iter())
}

fn shown<'p>(problems: impl Iterator<Item = &'p Problem>) -> Vec<(String, ProblemCode)> {
    problems.map(|problem| (problem.path.to_string(), problem.code)).collect()
}

/// Every problem, also of a text that is taken.
pub(crate) fn problems(outcome: Result<Loaded, InvalidFleet>) -> Vec<Problem> {
    match outcome {
        Ok(loaded) => {
            assert!(loaded.warnings.iter().all(|problem| problem.severity == Severity::Warning));
            loaded.warnings
        }
        Err(invalid) => {
            assert!(invalid.errors().count() > 0, "a file is refused without an error");
            invalid.problems
        }
    }
}
