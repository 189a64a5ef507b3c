//! The text under edit.

use serde_json::{Map, Value};

use super::{
    EditError,
    layout::quoted,
    splice::{Part, Splice, added, replaced, spliced},
    tree::{Found, Spot, Tree, index, place},
};
use crate::json::{JsonPath, Lines, Node, Position, Value as Tagged};

/// A configuration as a person keeps it, with edits that leave everything else as it is.
///
/// It is a JSON object, valid or not as a configuration. An edit that fails changes nothing. Where a key stands twice,
/// edits are about the last one, which is also the one that readers see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetText(String);

impl FleetText {
    /// Reads a text.
    ///
    /// # Errors
    /// [`EditError::NotJson`] and [`EditError::NotAnObject`].
    pub fn parse(text: impl Into<String>) -> Result<Self, EditError> {
        let text = text.into();
        Tree::read(&text)?;
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value at a path; none where nothing stands.
    #[must_use]
    pub fn get(&self, path: &JsonPath) -> Option<Value> {
        self.tree().get(path)
    }

    /// Where the values at these paths stand. What is not there counts as standing where the innermost value around it
    /// does.
    #[must_use]
    pub fn positions(&self, paths: &[JsonPath]) -> Vec<Position> {
        let (tree, lines) = (self.tree(), Lines::of(&self.0));
        paths.iter().map(|path| lines.position(tree.innermost(path))).collect()
    }

    /// Puts a value at a path. Objects on the way are made where there are none; the index behind the last element of a
    /// list adds one. Nothing changes where the same value stands already.
    ///
    /// # Errors
    /// [`EditError::Whole`], [`EditError::Leaf`] and [`EditError::NoSuchElement`]; [`EditError::NotJson`] for a value that
    /// is nested too deep.
    pub fn set(&mut self, path: &JsonPath, value: &Value) -> Result<(), EditError> {
        let (list, last) = parent_of(path)?;
        let tree = self.tree();
        let splice = match tree.follow(path) {
            Ok(Found::Value(spot)) => {
                if tree.value(spot.node) == *value {
                    return Ok(());
                }
                replaced(&tree.habits(), &spot, value)
            }
            Ok(Found::Lacking(spot, key, below)) => {
                let wrap = |value, key: &&str| Value::Object(Map::from_iter([((*key).to_owned(), value)]));
                let value = below.iter().rev().fold(value.clone(), wrap);
                added(&tree, &tree.habits(), &spot, usize::MAX, &[Part::Property(key, &value)])
            }
            Err(EditError::NoSuchElement { path, length, .. })
                if path == list && index(last) == Some(length) =>
            {
                return self.insert(&list, length, value);
            }
            Err(error) => return Err(error),
        };
        self.splice(vec![splice])
    }

    /// Adds an element to a list, before the one of that index or behind all. A list that is not there is made.
    ///
    /// # Errors
    /// [`EditError::NoSuchElement`] for an index beyond the end; [`EditError::Leaf`] for what is no list.
    pub fn insert(&mut self, list: &JsonPath, index: usize, value: &Value) -> Result<(), EditError> {
        let tree = self.tree();
        let spot = match tree.follow(list)? {
            Found::Value(spot) => spot,
            Found::Lacking(..) if index == 0 => return self.set(list, &Value::from(vec![value.clone()])),
            Found::Lacking(..) => return Err(EditError::Missing { path: list.clone() }),
        };
        let Some(length) = spot.node.items().map(<[Node]>::len) else {
            return Err(EditError::Leaf { path: list.clone(), found: spot.node.kind() });
        };
        if index > length {
            return Err(EditError::NoSuchElement { path: list.clone(), length, index: index.to_string() });
        }
        let splice = added(&tree, &tree.habits(), &spot, index, &[Part::Element(value)]);
        self.splice(vec![splice])
    }

    /// Adds an element behind all others of a list. A list that is not there is made.
    ///
    /// # Errors
    /// As [`Self::insert`].
    pub fn push(&mut self, list: &JsonPath, value: &Value) -> Result<(), EditError> {
        let length = self.get(list).and_then(|list| list.as_array().map(Vec::len)).unwrap_or_default();
        self.insert(list, length, value)
    }

    /// Takes the value at a path away, with its key.
    ///
    /// # Errors
    /// [`EditError::Missing`] when there is none, and as [`Self::set`].
    pub fn remove(&mut self, path: &JsonPath) -> Result<(), EditError> {
        let (parent, last) = parent_of(path)?;
        let tree = self.tree();
        let (spot, at) = self.part(&tree, path, &parent, last)?;
        let container = tree.container(spot.node).expect("it holds the part");
        let splice = Splice { at: container.without(at), with: String::new() };
        self.splice(vec![splice])
    }

    /// Gives the property at a path another name; its place and value stay.
    ///
    /// # Errors
    /// [`EditError::Missing`] when there is none, [`EditError::Exists`] when the new name is taken, and
    /// [`EditError::Leaf`] for an element of a list.
    pub fn rename(&mut self, path: &JsonPath, name: &str) -> Result<(), EditError> {
        let (parent, last) = parent_of(path)?;
        if last == name {
            return Ok(());
        }
        let tree = self.tree();
        let (spot, at) = self.part(&tree, path, &parent, last)?;
        let Some(entries) = spot.node.entries() else {
            return Err(EditError::Leaf { path: parent, found: spot.node.kind() });
        };
        if place(entries, name).is_some() {
            return Err(EditError::Exists { path: parent.child(name) });
        }
        let key = entries[at].key_span;
        let splice = Splice { at: key.start..key.end, with: quoted(name) };
        self.splice(vec![splice])
    }

    /// What a path's last key is in, and its place there.
    fn part<'n>(
        &self,
        tree: &'n Tree<'_>,
        path: &JsonPath,
        parent: &JsonPath,
        last: &str,
    ) -> Result<(Spot<'n>, usize), EditError> {
        let missing = || EditError::Missing { path: path.clone() };
        let Found::Value(spot) = tree.follow(parent)? else { return Err(missing()) };
        let at = match &spot.node.value {
            Tagged::Object(entries) => place(entries, last),
            Tagged::List(items) => index(last).filter(|at| *at < items.len()),
            Tagged::Null | Tagged::Bool(_) | Tagged::Number(_) | Tagged::Text(_) => {
                return Err(EditError::Leaf { path: parent.clone(), found: spot.node.kind() });
            }
        };
        Ok((spot, at.ok_or_else(missing)?))
    }

    pub(super) fn tree(&self) -> Tree<'_> {
        Tree::read(&self.0).expect("the text was read before, and edits keep it JSON")
    }

    /// Changes the text, unless the outcome could not be read: values may be nested too deep.
    pub(super) fn splice(&mut self, splices: Vec<Splice>) -> Result<(), EditError> {
        let text = spliced(&self.0, splices);
        Tree::read(&text)?;
        self.0 = text;
        Ok(())
    }
}

/// The path of what a path's last key is in, and that key.
fn parent_of(path: &JsonPath) -> Result<(JsonPath, &str), EditError> {
    let last = path.last().ok_or(EditError::Whole)?;
    Ok((JsonPath::of(path.segments().take(path.segments().len() - 1)), last))
}
