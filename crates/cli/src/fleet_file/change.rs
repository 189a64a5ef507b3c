//! Small changes, as flags ask for them.

use clawlets_fleet::{
    InvalidPath, JsonPath,
    edit::{EditError, FleetText, typed_value},
};
use clawlets_printer::{Fault, FaultCode};
use serde_json::Value;

/// One change of the configuration.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change {
    /// Puts a value at a path.
    Set(JsonPath, Value),
    /// Adds an element to a list, unless it is there.
    Add(JsonPath, Value),
    /// Takes an element out of a list.
    Remove(JsonPath, Value),
}

/// `LIST=VALUE` of a command line: a list by its path, and an element of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListElement {
    list: JsonPath,
    element: String,
}

impl ListElement {
    /// The list below a place, and the element as the schema has it.
    ///
    /// # Errors
    /// A fault when the element is of the wrong type.
    fn below(&self, place: &JsonPath, schema: &Value) -> Result<(JsonPath, Value), Fault> {
        let list = self.list.segments().fold(place.clone(), |path, key| path.child(key));
        let element = typed_value(schema, &list.child("0"), &self.element)
            .map_err(|error| Fault::new(FaultCode::UsageValue, error.to_string()))?;
        Ok((list, element))
    }

    /// Adds it to its list below a place.
    ///
    /// # Errors
    /// As [`Self::below`].
    pub(crate) fn added(&self, place: &JsonPath, schema: &Value) -> Result<Change, Fault> {
        self.below(place, schema).map(|(list, element)| Change::Add(list, element))
    }

    /// Takes it out of its list below a place.
    ///
    /// # Errors
    /// As [`Self::below`].
    pub(crate) fn removed(&self, place: &JsonPath, schema: &Value) -> Result<Change, Fault> {
        self.below(place, schema).map(|(list, element)| Change::Remove(list, element))
    }
}

impl std::str::FromStr for ListElement {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (list, element) =
            text.split_once('=').ok_or("expected LIST=VALUE, such as egress.allowDomains=example.com")?;
        let list: JsonPath = list.trim().parse().map_err(|error: InvalidPath| error.to_string())?;
        if list.is_root() {
            return Err("expected LIST=VALUE, such as egress.allowDomains=example.com".to_owned());
        }
        Ok(Self { list, element: element.trim().to_owned() })
    }
}

impl Change {
    /// Makes the change.
    ///
    /// # Errors
    /// As the edits of [`FleetText`], and [`EditError::Missing`] for an element that is not in its list.
    pub(crate) fn apply(&self, text: &mut FleetText) -> Result<(), EditError> {
        match self {
            Self::Set(path, value) => text.set(path, value),
            Self::Add(list, element) => match place_of(text, list, element) {
                Some(_) => Ok(()),
                None => text.push(list, element),
            },
            Self::Remove(list, element) => {
                let missing = || EditError::Missing { path: list.child(&shown(element)) };
                let place = place_of(text, list, element).ok_or_else(missing)?;
                text.remove(&list.child(&place.to_string()))
            }
        }
    }
}

/// The index of an element in a list, if it is in it.
fn place_of(text: &FleetText, list: &JsonPath, element: &Value) -> Option<usize> {
    text.get(list)?.as_array()?.iter().position(|other| other == element)
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_element_is_added_once_and_taken_out_by_value() {
        let mut text = FleetText::parse("{\"a\":{}}").unwrap();
        let list: JsonPath = "a.l".parse().unwrap();
        for element in ["x", "y", "x"] {
            Change::Add(list.clone(), json!(element)).apply(&mut text).unwrap();
        }
        assert_eq!(text.as_str(), r#"{"a":{"l":["x", "y"]}}"#);
        Change::Remove(list.clone(), json!("x")).apply(&mut text).unwrap();
        assert_eq!(text.as_str(), r#"{"a":{"l":["y"]}}"#);
        assert!(matches!(Change::Remove(list, json!("x")).apply(&mut text), Err(EditError::Missing { .. })));
    }

    #[test]
    fn a_list_and_its_element_are_read() {
        let read =
            |text: &str| text.parse::<ListElement>().map(|found| (found.list.to_string(), found.element));
        assert_eq!(read("a.b=c=d"), Ok(("a.b".into(), "c=d".into())));
        assert!(read("a.b").is_err() && read("=x").is_err() && read("a..b=x").is_err());
    }
}
