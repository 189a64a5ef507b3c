//! JSON read so that every reader reads the same: no doubled keys, no deep nesting, no number that another reader would
//! round, nothing before and nothing behind.

use std::fmt;

use clawlets_model::document::{self, DocumentError};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use super::{Document, DocumentFault};

/// How deep objects and lists may stand in each other.
const DEPTH: usize = 16;
const LARGEST: u64 = (1 << 53) - 1;

/// Reads a document of type `T` with schema version 1.
pub(super) fn read<T: DeserializeOwned>(document: Document, bytes: &[u8]) -> Result<T, DocumentFault> {
    let malformed = |source: DocumentError| DocumentFault::Malformed { document, source };
    let value = tree(document, bytes)?;
    match value.get("schemaVersion").map(Value::as_u64) {
        Some(Some(1)) => {}
        Some(Some(version)) => return Err(DocumentFault::UnknownSchema { document, version }),
        Some(None) => {
            return Err(DocumentFault::malformed(document, "schemaVersion", "is not a whole number"));
        }
        None => return Err(DocumentFault::malformed(document, "schemaVersion", "is missing")),
    }
    document::from_value(value).map_err(malformed)
}

/// Reads what the updater keeps on its host.
pub(crate) fn read_state<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DocumentFault> {
    read(Document::State, bytes)
}

/// The document as a tree, with every check that needs no knowledge of its fields.
fn tree(document: Document, bytes: &[u8]) -> Result<Value, DocumentFault> {
    if bytes.len() > document.limit() {
        return Err(DocumentFault::TooLarge { document, limit: document.limit() });
    }
    let malformed = |source: DocumentError| DocumentFault::Malformed { document, source };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(DocumentFault::malformed(document, "", "begins with a byte order mark"));
    }
    document::from_json::<Tree>(bytes).map(|tree| tree.0).map_err(malformed)
}

struct Tree(Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Node { depth: DEPTH }.deserialize(deserializer).map(Self)
    }
}

/// One value, below which so many levels may stand.
#[derive(Clone, Copy)]
struct Node {
    depth: usize,
}

impl Node {
    fn below<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1);
        depth
            .map(|depth| Self { depth })
            .ok_or_else(|| E::custom(format!("is nested deeper than {DEPTH} levels")))
    }
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        match value {
            0..=LARGEST => Ok(Value::from(value)),
            _ => Err(E::custom("has a number beyond 2^53 - 1")),
        }
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        match value.unsigned_abs() {
            0..=LARGEST => Ok(Value::from(value)),
            _ => Err(E::custom("has a number beyond 2^53 - 1")),
        }
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // Whole numbers beyond 2^64 arrive here, too.
        match Number::from_f64(value) {
            Some(number) if value.abs() <= LARGEST as f64 => Ok(Value::Number(number)),
            Some(_) | None => Err(E::custom("has a number beyond 2^53 - 1")),
        }
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(below)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                let key: String = key.chars().take(40).collect();
                return Err(A::Error::custom(format!("has the key {key:?} twice")));
            }
            let value = entries.next_value_seed(below)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
