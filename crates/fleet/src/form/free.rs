//! Settings of other programs, which are passed on as they are.

use serde_json::{Map, Value as Json, json};

use super::{Form, Reader, fields::report_duplicates};
use crate::json::{Node, Value};

/// Settings of another program, as they stand in the file.
pub type Settings = Map<String, Json>;

impl Form for Settings {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(entries) = node.entries() else {
            reader.wrong_type(node, "an object");
            return None;
        };
        check_keys(node, reader);
        Some(entries.iter().map(|entry| (entry.key.clone(), to_json(&entry.node))).collect())
    }

    fn schema() -> Json {
        json!({ "type": "object" })
    }

    fn to_json(&self) -> Json {
        Json::Object(self.clone())
    }
}

/// A key that stands twice is wrong wherever it stands.
fn check_keys(node: &Node, reader: &mut Reader<'_>) {
    if let Some(entries) = node.entries() {
        report_duplicates(entries, reader);
        for entry in entries {
            reader.within(&entry.key, &entry.node, |reader| check_keys(&entry.node, reader));
        }
    }
    for (at, item) in node.items().into_iter().flatten().enumerate() {
        reader.within(&at.to_string(), item, |reader| check_keys(item, reader));
    }
}

/// A tree without its places.
fn to_json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(digits) => {
            serde_json::from_str(digits).expect("the parser takes only numbers that JSON has")
        }
        Value::Text(text) => Json::String(text.clone()),
        Value::List(items) => items.iter().map(to_json).collect(),
        Value::Object(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.clone(), to_json(&entry.node))).collect())
        }
    }
}
