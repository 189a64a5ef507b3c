//! Lists and maps.

use std::hash::Hash;

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::{Form, Reader, Text, fields::report_duplicates};
use crate::{
    json::Node,
    problem::{Draft, ProblemCode, quoted},
};

impl<T: Form> Form for Vec<T> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(items) = node.items() else {
            reader.wrong_type(node, "a list");
            return None;
        };
        let mut values = Self::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            values.extend(reader.within(&at.to_string(), item, |reader| T::read(item, reader)));
        }
        Some(values)
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": T::schema() })
    }

    fn to_json(&self) -> Json {
        self.iter().map(T::to_json).collect()
    }
}

/// A list with at least one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NonEmpty<T>(Vec<T>);

impl<T> NonEmpty<T> {
    pub(crate) fn of<const N: usize>(items: [T; N]) -> Self {
        const { assert!(N > 0, "a list that is not empty has an entry") };
        Self(items.into())
    }

    /// The entries, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T: Form> Form for NonEmpty<T> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let values = Vec::<T>::read(node, reader)?;
        if node.items().is_some_and(<[Node]>::is_empty) {
            let draft = Draft::new(ProblemCode::InvalidValue, "is empty").expected("at least one entry");
            reader.report(node.span.start, draft);
        }
        (!values.is_empty()).then_some(Self(values))
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": T::schema(), "minItems": 1 })
    }

    fn to_json(&self) -> Json {
        self.0.to_json()
    }
}

/// A list that may be left out, which `null` says as well.
impl<T: Form> Form for Option<Vec<T>> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if matches!(node.value, crate::json::Value::Null) {
            return Some(None);
        }
        Vec::read(node, reader).map(Some)
    }

    fn schema() -> Json {
        json!({ "anyOf": [{ "type": "null" }, Vec::<T>::schema()] })
    }

    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, Vec::to_json)
    }
}

/// Names with values, in the order of the file. A name that breaks its grammar is reported; its value is looked at all
/// the same.
impl<K: Text + Eq + Hash, V: Form> Form for IndexMap<K, V> {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(entries) = node.entries() else {
            reader.wrong_type(node, "an object");
            return None;
        };
        report_duplicates(entries, reader);
        let mut map = Self::with_capacity(entries.len());
        for entry in entries {
            let value = reader.within(&entry.key, &entry.node, |reader| {
                let key = K::parse(&entry.key).map_err(|expected| {
                    let found = quoted(&entry.key);
                    let draft =
                        Draft::new(K::CODE, format!("the key {found} is not valid")).expected(expected);
                    reader.report(entry.key_span.start, draft.found(found).suggest(K::suggest(&entry.key)));
                });
                key.ok().zip(V::read(&entry.node, reader))
            });
            if let Some((key, value)) = value {
                map.entry(key).or_insert(value);
            }
        }
        Some(map)
    }

    fn schema() -> Json {
        let keys = <K as Text>::schema();
        json!({ "type": "object", "propertyNames": keys, "additionalProperties": V::schema() })
    }

    fn to_json(&self) -> Json {
        Json::Object(self.iter().map(|(key, value)| (key.text(), value.to_json())).collect())
    }
}
