//! Flags that were given, as changes.

use clawlets_fleet::JsonPath;
use serde_json::Value;

use crate::fleet_file::Change;

/// The changes of one host so far.
#[derive(Debug)]
pub(super) struct Collected {
    place: JsonPath,
    changes: Vec<Change>,
}

impl Collected {
    /// None yet, for what stands below a place.
    pub(super) fn below(place: JsonPath) -> Self {
        Self { place, changes: Vec::new() }
    }

    /// Where a setting of the host stands.
    pub(super) fn path(&self, keys: &[&str]) -> JsonPath {
        keys.iter().fold(self.place.clone(), |path, key| path.child(key))
    }

    /// Sets a value, if its flag was given.
    pub(super) fn set<T: Clone + Into<Value>>(&mut self, keys: &[&str], value: Option<&T>) {
        if let Some(value) = value {
            let path = self.path(keys);
            self.changes.push(Change::Set(path, value.clone().into()));
        }
    }

    /// Sets a text, trimmed, if its flag was given.
    pub(super) fn text(&mut self, keys: &[&str], text: Option<&String>) {
        self.set(keys, text.map(|text| text.trim().to_owned()).as_ref());
    }

    /// Sets a whole list, if its flag was given. One empty text empties the list.
    pub(super) fn list(&mut self, keys: &[&str], texts: &[String]) {
        let texts: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
        match texts.as_slice() {
            [] => {}
            [""] => self.set(keys, Some(&Value::Array(Vec::new()))),
            texts => self.set(keys, Some(&Value::from(texts.to_vec()))),
        }
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }
}
