//! References to variables of the environment in settings.

use clawlets_fleet::JsonPath;
use clawlets_model::EnvVarName;
use serde_json::Value;

/// A reference `${NAME}` in a text of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where the text is.
    pub path: JsonPath,
    /// The variable.
    pub variable: EnvVarName,
}

/// Every reference in the settings, in their order. `$${NAME}` stands for the text `${NAME}` and is none.
#[must_use]
pub fn references(settings: &Value) -> Vec<Reference> {
    let mut found = Vec::new();
    search(settings, &mut Vec::new(), &mut found);
    found
}

fn search(value: &Value, path: &mut Vec<String>, found: &mut Vec<Reference>) {
    match value {
        Value::String(text) => {
            let here = JsonPath::of(path.iter().map(String::as_str));
            found.extend(variables(text).map(|variable| Reference { path: here.clone(), variable }));
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(at.to_string());
                search(item, path, found);
                path.pop();
            }
        }
        Value::Object(settings) => {
            for (key, value) in settings {
                path.push(key.clone());
                search(value, path, found);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn variables(text: &str) -> impl Iterator<Item = EnvVarName> {
    text.match_indices("${").filter_map(|(at, _)| {
        if text[..at].ends_with('$') {
            return None;
        }
        let name =
            text[at + 2..].split('}').next().filter(|name| text[at + 2 + name.len()..].starts_with('}'))?;
        EnvVarName::parse(name).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn references_are_found_with_their_places_and_escaped_ones_are_not() {
        let settings = json!({
            "a": { "token": "${ONE}", "list": ["x ${TWO} y ${THREE}", 7] },
            "literal": "$${FOUR}", "open": "${FIVE", "odd": "${not a name}", "empty": "${}",
        });
        let found: Vec<_> = references(&settings)
            .into_iter()
            .map(|found| (found.path.to_string(), found.variable.to_string()))
            .collect();
        let expected = [("a.token", "ONE"), ("a.list.0", "TWO"), ("a.list.0", "THREE")];
        assert_eq!(found, expected.map(|(path, name)| (path.to_owned(), name.to_owned())));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[${}A-Z_é]{0,20}") {
            let _ = references(&json!(text));
        }
    }
}
