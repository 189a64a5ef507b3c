//! Values of items, and how they travel.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    /// A text.
    Text(String),
    /// A number, in decimal digits.
    Number(String),
    /// Yes or no.
    Bool(bool),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Nothing.
    Null,
    /// Several values.
    List(Vec<Self>),
    /// Values with names.
    Map(Item),
}

/// An item, or its key: values by name.
pub type Item = BTreeMap<String, Attribute>;

impl Attribute {
    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// A whole number.
    #[must_use]
    pub fn number(number: i64) -> Self {
        Self::Number(number.to_string())
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The whole number, if it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<i64> {
        if let Self::Number(digits) = self { digits.parse().ok() } else { None }
    }

    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "S": text }),
            Self::Number(digits) => json!({ "N": digits }),
            Self::Bool(is) => json!({ "BOOL": is }),
            Self::Bytes(bytes) => json!({ "B": STANDARD.encode(bytes) }),
            Self::Null => json!({ "NULL": true }),
            Self::List(values) => json!({ "L": values.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::Map(item) => json!({ "M": item_to_json(item) }),
        }
    }

    /// Reads a value; `None` for a kind that is not ours, such as a set.
    fn of_json(value: &Value) -> Option<Self> {
        let (kind, value) = value.as_object()?.iter().next()?;
        match kind.as_str() {
            "S" => Some(Self::Text(value.as_str()?.to_owned())),
            "N" => Some(Self::Number(value.as_str()?.to_owned())),
            "BOOL" => Some(Self::Bool(value.as_bool()?)),
            "B" => Some(Self::Bytes(STANDARD.decode(value.as_str()?).ok()?)),
            "NULL" => Some(Self::Null),
            "L" => Some(Self::List(value.as_array()?.iter().filter_map(Self::of_json).collect())),
            "M" => Some(Self::Map(item_of_json(value)?)),
            _ => None,
        }
    }
}

pub(super) fn item_to_json(item: &Item) -> Value {
    Value::Object(item.iter().map(|(name, value)| (name.clone(), value.to_json())).collect::<Map<_, _>>())
}

/// Reads an item. Values of kinds that are not ours are left out.
pub(super) fn item_of_json(value: &Value) -> Option<Item> {
    let named = |(name, value): (&String, &Value)| Some((name.clone(), Attribute::of_json(value)?));
    Some(value.as_object()?.iter().filter_map(named).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn attribute() -> impl Strategy<Value = Attribute> {
        let leaf = prop_oneof![
            "\\PC{0,12}".prop_map(Attribute::Text),
            any::<i64>().prop_map(Attribute::number),
            any::<bool>().prop_map(Attribute::Bool),
            prop::collection::vec(any::<u8>(), 0..12).prop_map(Attribute::Bytes),
            Just(Attribute::Null),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Attribute::List),
                prop::collection::btree_map("[a-z]{1,4}", inner, 0..4).prop_map(Attribute::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in attribute()) {
            prop_assert_eq!(Attribute::of_json(&value.to_json()), Some(value));
        }

        #[test]
        fn any_json_is_read_or_refused(kind in "[SNBLM]{1,2}", text in "\\PC{0,20}") {
            let _ = Attribute::of_json(&json!({ kind.clone(): text }));
            let _ = Attribute::of_json(&json!({ kind: [text] }));
        }
    }

    #[test]
    fn kinds_that_are_not_ours_are_left_out() {
        let item = json!({ "a": { "S": "x" }, "b": { "SS": ["y"] }, "c": 7 });
        assert_eq!(item_of_json(&item), Some(Item::from([("a".to_owned(), Attribute::text("x"))])));
    }
}
