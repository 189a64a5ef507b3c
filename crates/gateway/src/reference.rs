//! References to variables of the environment in settings.

use clawlets_fleet::{JsonPath, variables_in};
use clawlets_model::EnvVarName;
use serde_json::{Map, Value};

/// A reference to a variable in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where the text is that holds it.
    pub path: JsonPath,
    /// The variable.
    pub variable: EnvVarName,
}

/// Every reference in the settings, in their order: `${NAME}` within a text, and objects that name a secret of the
/// environment, `{"source": "env", "id": "NAME"}`. `$${NAME}` stands for the text `${NAME}` and is none.
#[must_use]
pub fn references(settings: &Value) -> Vec<Reference> {
    let mut found = Vec::new();
    search(settings, &mut Vec::new(), &mut found);
    found
}

fn search(value: &Value, path: &mut Vec<String>, found: &mut Vec<Reference>) {
    let mut refer = |path: &[String], variable| {
        found.push(Reference { path: JsonPath::of(path.iter().map(String::as_str)), variable });
    };
    match value {
        Value::String(text) => variables_in(text).for_each(|variable| refer(path, variable)),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(at.to_string());
                search(item, path, found);
                path.pop();
            }
        }
        Value::Object(settings) => {
            if let Some(variable) = of_environment(settings) {
                refer(path, variable);
            }
            for (key, value) in settings {
                path.push(key.clone());
                search(value, path, found);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The variable that an object names as a secret of the environment.
fn of_environment(settings: &Map<String, Value>) -> Option<EnvVarName> {
    let is_environment = settings.get("source").and_then(Value::as_str) == Some("env");
    let name = settings.get("id").and_then(Value::as_str).filter(|_| is_environment)?;
    EnvVarName::parse(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn found(settings: &Value) -> Vec<(String, String)> {
        let found = references(settings).into_iter();
        found.map(|found| (found.path.to_string(), found.variable.to_string())).collect()
    }

    #[test]
    fn references_are_found_with_their_places_and_escaped_ones_are_not() {
        let settings = json!({
            "a": { "token": "${ONE}", "list": ["x ${TWO} y ${THREE}", 7] },
            "literal": "$${FOUR}", "open": "${FIVE", "odd": "${not a name}", "empty": "${}",
            "key": { "source": "env", "provider": "default", "id": "SIX" },
            "file": { "source": "file", "provider": "p", "id": "SEVEN" }, "${EIGHT}": 1,
        });
        let expected = [("a.token", "ONE"), ("a.list.0", "TWO"), ("a.list.0", "THREE"), ("key", "SIX")];
        assert_eq!(found(&settings), expected.map(|(path, name)| (path.to_owned(), name.to_owned())));
    }

    fn settings() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            "([${}A-C]|\\$\\{A\\}|\\$\\$\\{B\\}){0,8}".prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::hash_map("[a-c.\"]{0,2}|id|source", inner, 0..4)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_path_leads_to_a_text_that_refers(settings in settings()) {
            for found in references(&settings) {
                let place = found.path.segments().try_fold(&settings, |value, key| {
                    value.get(key).or_else(|| value.get(key.parse::<usize>().ok()?))
                });
                let text = place.map(ToString::to_string).unwrap_or_default();
                prop_assert!(text.contains(found.variable.as_str()), "{} in {settings}", found.path);
            }
        }
    }
}
