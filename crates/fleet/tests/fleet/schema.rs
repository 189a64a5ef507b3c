//! The JSON Schema and the reader, side by side.

use clawlets_fleet::{Fleet, migrate};
use serde_json::{Value, json};

use crate::bench::{read, with};

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&Fleet::json_schema()).unwrap()
}

/// A declaration that says something of everything.
fn full() -> Value {
    let document = with(json!({
        "$schema": "./clawlets.schema.json",
        "fleet": {
            "secretEnv": { "ZAI_API_KEY": "z_ai_api_key" },
            "secretFiles": { "id": { "secretName": "x", "targetPath": "/var/lib/clawlets/x" } },
            "botOrder": ["maren"],
            "bots": { "maren": { "openclaw": { "channels": {} }, "clf": { "cattle": { "personas": ["rex"] } } } }
        },
        "hosts": { "web-1": {
            "targetHost": "admin@web-1", "agentModelPrimary": "zai/glm-4.7",
            "provisioning": { "adminCidr": "203.0.113.0/24" },
            "selfUpdate": { "health": { "checks": [{ "kind": "tcp", "address": "localhost:1" }] } }
        } },
    }));
    let fleet = read(&document).unwrap().fleet;
    fleet.effective()
}

/// The path of every value of a document.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    found.push(path.to_owned());
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                paths(value, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                paths(value, &format!("{path}/{at}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_declaration_that_is_read_is_valid() {
    let validator = validator();
    for document in [with(json!({})), full()] {
        assert!(read(&document).is_ok());
        let faults: Vec<_> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:#?}");
    }
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/migration/v8.json")).unwrap();
    let document: Value = serde_json::from_str(&migrate(&text).unwrap().text).unwrap();
    assert!(validator.is_valid(&document));
}

/// Each value of a full declaration is replaced by others, one at a time. What needs two values to decide is not the
/// schema's: where the reader follows such a rule, only its verdict may be harsher.
#[test]
fn the_reader_and_the_schema_agree_on_each_mutation() {
    let (validator, full) = (validator(), full());
    let mut all = Vec::new();
    paths(&full, "", &mut all);
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1.5),
        json!(7),
        json!(99_999_999),
        json!(""),
        json!("x"),
        json!("-x"),
        json!("../x"),
        json!("X Y"),
        json!("2h"),
        json!("0h"),
        json!("https://example.com"),
        json!([]),
        json!([1]),
        json!({}),
        json!({ "unknown key": 1 }),
    ];
    let (mut tried, mut wrong) = (0, Vec::new());
    for path in &all {
        for value in &values {
            let mut document = full.clone();
            *document.pointer_mut(path).unwrap() = value.clone();
            tried += 1;
            let (schema, reader) = (validator.is_valid(&document), read(&document));
            let follows_a_rule = reader.as_ref().err().is_some_and(|invalid| {
                invalid.errors().all(|problem| {
                    use clawlets_fleet::ProblemCode::*;
                    // Bounds of durations, and references, are the reader's.
                    matches!(
                        problem.code,
                        UnknownReference | Conflict | Required | LockedOut | WorldOpen | Missing | Version
                    ) || problem.code == OutOfRange && value.is_string()
                })
            });
            if schema != reader.is_ok() && !(schema && follows_a_rule) {
                wrong.push(format!(
                    "{path} = {value}: schema {schema}, reader {:?}",
                    reader.err().map(|e| e.to_string())
                ));
            }
        }
    }
    assert!(tried > 2_000, "only {tried} mutations");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_unknown_key_is_refused_by_both_in_every_object() {
    let (validator, full) = (validator(), full());
    let mut all = Vec::new();
    paths(&full, "", &mut all);
    for path in all {
        // Other programs' settings are theirs, and maps have names of the user's.
        if path.contains("/openclaw") || ["/labels", "/skills/entries"].iter().any(|map| path.ends_with(map))
        {
            continue;
        }
        let mut document = full.clone();
        let Some(object) = document.pointer_mut(&path).and_then(Value::as_object_mut) else { continue };
        object.insert("unknown key".to_owned(), json!({}));
        assert!(!validator.is_valid(&document), "the schema takes an unknown key in {path}");
        assert!(read(&document).is_err(), "the reader takes an unknown key in {path}");
    }
}

#[test]
fn everything_in_the_schema_is_explained() {
    fn look(schema: &Value, path: &str) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            let text = property["description"].as_str().unwrap_or_default();
            assert!(text.ends_with('.') && text.len() > 8, "{path}: {text:?}");
            look(property, &path);
            look(&property["additionalProperties"], &path);
            look(&property["items"], &path);
        }
    }
    look(&Fleet::json_schema(), "");
}
