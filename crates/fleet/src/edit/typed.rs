//! Values from a command line, in the type that the schema wants at their place.

use std::collections::BTreeSet;

use serde_json::Value;
use thiserror::Error;

use crate::json::JsonPath;

/// A text that is no value for its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{path} takes {expected}, and not {text:?}")]
pub struct WrongType {
    /// The place.
    pub path: JsonPath,
    /// What belongs there, in words.
    pub expected: String,
    /// The text, cut to 80 characters.
    pub text: String,
}

/// What kinds of values a place takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Text,
    Boolean,
    Integer,
    Number,
    List,
    Object,
    Null,
}

/// How deep references of a schema may lead to each other. A cycle ends there.
const DEPTH: usize = 32;

/// Reads a text as the value that a JSON Schema wants at a path.
///
/// Where the schema takes text only, every text is taken as it is. Where it takes something else, the text is JSON
/// (`true`, `3`, `["a"]`). Where it takes both, and where it says nothing, the text is read as JSON if it is JSON of a kind
/// that belongs there, and is text otherwise.
///
/// # Errors
/// [`WrongType`] when no kind that belongs there fits.
pub fn typed_value(schema: &Value, path: &JsonPath, text: &str) -> Result<Value, WrongType> {
    let mut places = vec![schema];
    for key in path.segments() {
        let mut below = Vec::new();
        for place in &places {
            descend(schema, place, key, 0, &mut below);
        }
        places = below;
    }
    let mut kinds = BTreeSet::new();
    let is_open = places.is_empty() || places.iter().any(|place| gather(schema, place, 0, &mut kinds));
    let json = serde_json::from_str::<Value>(text).ok();
    if is_open {
        return Ok(json.unwrap_or_else(|| text.into()));
    }
    match json {
        Some(value) if kinds.iter().any(|kind| *kind != Kind::Text && kind.fits(&value)) => Ok(value),
        Some(_) | None if kinds.contains(&Kind::Text) => Ok(text.into()),
        Some(_) | None => Err(WrongType {
            path: path.clone(),
            expected: kinds.iter().map(|kind| kind.in_words()).collect::<Vec<_>>().join(" or "),
            text: text.chars().take(80).collect(),
        }),
    }
}

impl Kind {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::Text,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "array" => Self::List,
            "object" => Self::Object,
            "null" => Self::Null,
            _ => return None,
        })
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::Text,
            Value::Array(_) => Self::List,
            Value::Object(_) => Self::Object,
        }
    }

    fn fits(self, value: &Value) -> bool {
        let found = Self::of(value);
        self == found || (self == Self::Number && found == Self::Integer)
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::List => "a list in JSON",
            Self::Object => "an object in JSON",
            Self::Null => "null",
        }
    }
}

/// The schemas that a schema refers to or chooses among, itself not included.
fn branches<'s>(root: &'s Value, place: &'s Value) -> Vec<&'s Value> {
    let mut found = Vec::new();
    if let Some(reference) = place.get("$ref").and_then(Value::as_str) {
        found.extend(reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer)));
    }
    for choice in ["anyOf", "oneOf", "allOf"] {
        found.extend(place.get(choice).and_then(Value::as_array).into_iter().flatten());
    }
    found
}

/// Collects the schemas of what stands under a key or at an index of a place.
fn descend<'s>(root: &'s Value, place: &'s Value, key: &str, depth: usize, found: &mut Vec<&'s Value>) {
    if depth > DEPTH {
        return;
    }
    for branch in branches(root, place) {
        descend(root, branch, key, depth + 1, found);
    }
    let named = place.get("properties").and_then(|properties| properties.get(key));
    match named {
        Some(named) => found.push(named),
        None => found.extend(place.get("additionalProperties").filter(|others| !others.is_boolean())),
    }
    found.extend(place.get("items").filter(|items| !items.is_boolean()));
}

/// Collects the kinds that a place takes. True when it takes any.
fn gather(root: &Value, place: &Value, depth: usize, kinds: &mut BTreeSet<Kind>) -> bool {
    let branches = branches(root, place);
    if depth > DEPTH {
        return true;
    }
    let names: Vec<&Value> = match place.get("type") {
        Some(Value::Array(names)) => names.iter().collect(),
        Some(name) => vec![name],
        None => Vec::new(),
    };
    kinds.extend(names.iter().filter_map(|name| Kind::parse(name.as_str()?)));
    let values = place.get("enum").and_then(Value::as_array).into_iter().flatten().chain(place.get("const"));
    let mut says_something = !names.is_empty();
    for value in values {
        says_something = true;
        if names.is_empty() {
            kinds.insert(Kind::of(value));
        }
    }
    if says_something {
        return false;
    }
    // A choice is open when one of its branches is, or when there is none. Each is asked, for the kinds that it names.
    let mut open = branches.is_empty();
    for branch in branches {
        open |= gather(root, branch, depth + 1, kinds);
    }
    open
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(place: &str, text: &str) -> Result<Value, String> {
        let schema = json!({
            "type": "object",
            "properties": {
                "on": { "type": "boolean" },
                "count": { "type": "integer", "minimum": 0 },
                "share": { "type": ["number", "null"] },
                "name": { "$ref": "#/$defs/Name" },
                "mode": { "oneOf": [{ "const": "a", "type": "string" }, { "const": "b" }] },
                "maybe": { "anyOf": [{ "$ref": "#/$defs/Name" }, { "type": "null" }] },
                "list": { "type": "array", "items": { "$ref": "#/$defs/Name" } },
                "hosts": { "additionalProperties": { "$ref": "#/$defs/Host" } },
                "open": true,
            },
            "additionalProperties": false,
            "$defs": {
                "Name": { "type": "string" },
                "Host": { "type": "object", "properties": { "on": { "type": "boolean" }, "inner": { "$ref": "#/$defs/Host" } } },
            },
        });
        typed_value(&schema, &JsonPath::parse(place).unwrap(), text).map_err(|error| error.expected)
    }

    #[test]
    fn a_value_has_the_type_of_its_place() {
        for (place, text, value) in [
            ("on", "true", json!(true)),
            ("count", "3", json!(3)),
            ("share", "3", json!(3)),
            ("share", "0.5", json!(0.5)),
            ("share", "null", json!(null)),
            ("name", "true", json!("true")),
            ("name", "12345678901234567890", json!("12345678901234567890")),
            ("name", "", json!("")),
            ("mode", "b", json!("b")),
            ("maybe", "x", json!("x")),
            ("maybe", "null", json!(null)),
            ("list", r#"["a"]"#, json!(["a"])),
            ("list.0", "1", json!("1")),
            ("hosts.web-1.on", "false", json!(false)),
            ("hosts.web-1.inner.inner.on", "false", json!(false)),
            ("open", "x y", json!("x y")),
            ("open.deep", "{\"a\":1}", json!({ "a": 1 })),
            ("unknown", "1", json!(1)),
        ] {
            assert_eq!(read(place, text), Ok(value), "{place} {text}");
        }
    }

    #[test]
    fn what_does_not_fit_says_what_would() {
        for (place, text, expected) in [
            ("on", "yes", "true or false"),
            ("on", "1", "true or false"),
            ("count", "1.5", "a whole number"),
            ("share", "much", "a number or null"),
            ("list", "a", "a list in JSON"),
            ("hosts.web-1", "[]", "an object in JSON"),
        ] {
            assert_eq!(read(place, text), Err(expected.to_owned()), "{place} {text}");
        }
    }
}
