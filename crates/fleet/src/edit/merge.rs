//! Many edits at once, in one pass over the text.

use std::collections::HashMap;

use serde_json::{Map, Value, map::Entry as Slot};

use super::{
    EditError, FleetText,
    layout::Habits,
    splice::{Part, Splice, added, replaced},
    tree::{Spot, Tree, index},
};
use crate::json::{Entry, JsonPath, Node, Value as Tagged};

/// Values for a configuration, each at its path: many edits that take the time of one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay(Map<String, Value>);

impl Overlay {
    /// One that changes nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a value at a path; a later value for the same path wins.
    ///
    /// # Errors
    /// [`EditError::Whole`] for the empty path, and [`EditError::Leaf`] for a path through a value of this overlay that
    /// is no object.
    pub fn put(&mut self, path: &JsonPath, value: Value) -> Result<(), EditError> {
        let last = path.last().ok_or(EditError::Whole)?;
        let mut object = &mut self.0;
        for (depth, key) in path.segments().enumerate().take(path.segments().len() - 1) {
            let inner = match object.entry(key) {
                Slot::Vacant(slot) => slot.insert(Value::Object(Map::new())),
                Slot::Occupied(slot) => slot.into_mut(),
            };
            let found = kind(inner);
            object = inner.as_object_mut().ok_or_else(|| EditError::Leaf {
                path: JsonPath::of(path.segments().take(depth + 1)),
                found,
            })?;
        }
        object.insert(last.to_owned(), value);
        Ok(())
    }
}

impl FleetText {
    /// Puts every value of an overlay at its path, as [`Self::set`] would one after another. A list that only grows keeps
    /// its elements as they are written.
    ///
    /// # Errors
    /// As [`Self::set`]; nothing changes then.
    pub fn merge(&mut self, overlay: &Overlay) -> Result<(), EditError> {
        let tree = self.tree();
        let mut merge = Merge { tree: &tree, habits: tree.habits(), splices: Vec::new() };
        merge.object(&tree.document(), &JsonPath::root(), &overlay.0)?;
        let splices = merge.splices;
        if splices.is_empty() { Ok(()) } else { self.splice(splices) }
    }
}

struct Merge<'t> {
    tree: &'t Tree<'t>,
    habits: Habits,
    splices: Vec<Splice>,
}

impl Merge<'_> {
    fn value(&mut self, spot: &Spot<'_>, path: &JsonPath, value: &Value) -> Result<(), EditError> {
        if let Value::Object(overlay) = value {
            return self.object(spot, path, overlay);
        }
        let stands = self.tree.value(spot.node);
        if stands == *value {
            return Ok(());
        }
        self.splices.push(match grown(&stands, value) {
            Some(more) => {
                let parts: Vec<_> = more.iter().map(Part::Element).collect();
                added(self.tree, &self.habits, spot, usize::MAX, &parts)
            }
            None => replaced(&self.habits, spot, value),
        });
        Ok(())
    }

    fn object(
        &mut self,
        spot: &Spot<'_>,
        path: &JsonPath,
        overlay: &Map<String, Value>,
    ) -> Result<(), EditError> {
        match &spot.node.value {
            Tagged::Object(entries) => self.properties(spot, entries, path, overlay),
            Tagged::List(items) => self.elements(spot, items, path, overlay),
            Tagged::Null | Tagged::Bool(_) | Tagged::Number(_) | Tagged::Text(_) => {
                Err(EditError::Leaf { path: path.clone(), found: spot.node.kind() })
            }
        }
    }

    fn properties(
        &mut self,
        spot: &Spot<'_>,
        entries: &[Entry],
        path: &JsonPath,
        overlay: &Map<String, Value>,
    ) -> Result<(), EditError> {
        let container = self.tree.container(spot.node).expect("an object has parts");
        // Of a name that stands twice the last one counts.
        let places: HashMap<&str, usize> =
            entries.iter().enumerate().map(|(at, entry)| (entry.key.as_str(), at)).collect();
        let mut new = Vec::new();
        for (key, value) in overlay {
            match places.get(key.as_str()) {
                Some(at) => {
                    let inner = container.spot(self.tree.text(), *at, &entries[*at].node);
                    self.value(&inner, &path.child(key), value)?;
                }
                None => new.push(Part::Property(key, value)),
            }
        }
        if !new.is_empty() {
            self.splices.push(added(self.tree, &self.habits, spot, usize::MAX, &new));
        }
        Ok(())
    }

    fn elements(
        &mut self,
        spot: &Spot<'_>,
        items: &[Node],
        path: &JsonPath,
        overlay: &Map<String, Value>,
    ) -> Result<(), EditError> {
        let container = self.tree.container(spot.node).expect("a list has parts");
        for (key, value) in overlay {
            let at = index(key).filter(|at| *at < items.len()).ok_or_else(|| EditError::NoSuchElement {
                path: path.clone(),
                length: items.len(),
                index: key.clone(),
            })?;
            self.value(&container.spot(self.tree.text(), at, &items[at]), &path.child(key), value)?;
        }
        Ok(())
    }
}

/// What a list is longer than another that it begins with.
fn grown<'a>(before: &Value, after: &'a Value) -> Option<&'a [Value]> {
    let (before, after) = (before.as_array()?, after.as_array()?);
    after.strip_prefix(before.as_slice())
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> JsonPath {
        JsonPath::parse(text).unwrap()
    }

    const BEFORE: &str = "{\n  \"one\": { \"a\": \"b\" },\n  \"empty\": {},\n  \"list\": [\n    \"x\"\n  ],\n  \
        \"null\": null,\n  \"deep\": {\n    \"er\": { \"list\": [{ \"k\": 1 }] }\n  }\n}\n";

    #[test]
    fn an_overlay_is_what_its_edits_are_one_after_another() {
        let edits = [
            ("one.c", json!("d")),
            ("one.a", json!("z")),
            ("one.e", json!("f")),
            ("empty.k", json!("v")),
            ("empty.l", json!("w")),
            ("new.place.k", json!(1)),
            ("deep.er.list.0.k", json!([true])),
            ("deep.er.more", json!(null)),
            ("null", json!("not any more")),
        ];
        let mut single = FleetText::parse(BEFORE).unwrap();
        let mut overlay = Overlay::new();
        for (place, value) in &edits {
            single.set(&path(place), value).unwrap();
            overlay.put(&path(place), value.clone()).unwrap();
        }
        let mut merged = FleetText::parse(BEFORE).unwrap();
        merged.merge(&overlay).unwrap();
        assert_eq!(merged.as_str(), single.as_str());
        merged.merge(&overlay).unwrap();
        assert_eq!(merged.as_str(), single.as_str(), "what is there already changes nothing");
    }

    #[test]
    fn a_list_that_grows_keeps_its_elements_as_they_are_written() {
        for (list, written) in
            [(json!(["x", "y", "z"]), "[\n    \"x\",\n    \"y\",\n    \"z\"\n  ]"), (json!(["y"]), "[\"y\"]")]
        {
            let mut overlay = Overlay::new();
            overlay.put(&path("list"), list).unwrap();
            let mut text = FleetText::parse(BEFORE).unwrap();
            text.merge(&overlay).unwrap();
            assert_eq!(text.as_str(), BEFORE.replace("[\n    \"x\"\n  ]", written));
        }
    }

    #[test]
    fn nothing_changes_when_one_of_its_values_has_no_place() {
        for (place, fault) in [
            ("one.a.b", EditError::Leaf { path: path("one.a"), found: "a text" }),
            ("null.b", EditError::Leaf { path: path("null"), found: "null" }),
            ("list.1.b", EditError::NoSuchElement { path: path("list"), length: 1, index: "1".into() }),
        ] {
            let mut overlay = Overlay::new();
            overlay.put(&path("empty.k"), json!(1)).unwrap();
            overlay.put(&path(place), json!(1)).unwrap();
            let mut text = FleetText::parse(BEFORE).unwrap();
            assert_eq!(text.merge(&overlay), Err(fault));
            assert_eq!(text.as_str(), BEFORE);
        }
        let mut overlay = Overlay::new();
        assert_eq!(overlay.put(&JsonPath::root(), json!(1)), Err(EditError::Whole));
        overlay.put(&path("a"), json!([])).unwrap();
        let through = EditError::Leaf { path: path("a"), found: "a list" };
        assert_eq!(overlay.put(&path("a.b"), json!(1)), Err(through));
    }
}
