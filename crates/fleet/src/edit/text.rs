//! The text under edit.

use std::ops::Range;

use serde_json::{Map, Value};

use super::{
    EditError,
    layout::{Habits, Spacing, Stance, quoted},
    tree::{Found, Spot, Tree, index, place, span},
};
use crate::json::{JsonPath, Lines, Node, Position, Value as Tagged};

/// A configuration as a person keeps it, with edits that leave everything else as it is.
///
/// It is a JSON object, valid or not as a configuration. An edit that fails changes nothing. Where a key stands twice,
/// edits are about the last one, which is also the one that readers see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetText(String);

/// A part of the text, and what comes in its place.
struct Splice {
    at: Range<usize>,
    with: String,
}

/// What is added to an object or a list.
enum Part<'a> {
    Property(&'a str, &'a Value),
    Element(&'a Value),
}

impl Part<'_> {
    /// The object or list that holds nothing else.
    fn alone(&self) -> Value {
        match self {
            Self::Property(key, value) => {
                Value::Object(Map::from_iter([((*key).to_owned(), (*value).clone())]))
            }
            Self::Element(value) => Value::from(vec![(*value).clone()]),
        }
    }

    fn written(&self, habits: &Habits, stance: &Stance, spacing: Spacing) -> String {
        match self {
            Self::Property(key, value) => {
                format!("{}{}{}", quoted(key), spacing.colon(), habits.render(value, stance, spacing))
            }
            Self::Element(value) => habits.render(value, stance, spacing),
        }
    }
}

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
        let tree = self.tree();
        match tree.follow(path) {
            Ok(Found::Value(spot)) => Some(self.value(spot.node)),
            Ok(Found::Lacking(..)) | Err(_) => None,
        }
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
                if self.value(spot.node) == *value {
                    return Ok(());
                }
                let with = tree.habits().render(value, &spot.stance, spot.spacing);
                Splice { at: span(spot.node), with }
            }
            Ok(Found::Lacking(spot, key, below)) => {
                let wrap = |value, key: &&str| Value::Object(Map::from_iter([((*key).to_owned(), value)]));
                let value = below.iter().rev().fold(value.clone(), wrap);
                let part = Part::Property(key, &value);
                self.added(&tree, &spot, usize::MAX, &part)
            }
            Err(EditError::NoSuchElement { path, length, .. })
                if path == list && index(last) == Some(length) =>
            {
                return self.insert(&list, length, value);
            }
            Err(error) => return Err(error),
        };
        self.splice(&splice)
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
        let splice = self.added(&tree, &spot, index, &Part::Element(value));
        self.splice(&splice)
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
        self.splice(&splice)
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
        self.splice(&splice)
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

    /// One more part in an object or a list, before the one of that index or behind all.
    fn added(&self, tree: &Tree<'_>, spot: &Spot<'_>, index: usize, part: &Part<'_>) -> Splice {
        let habits = tree.habits();
        let container = tree.container(spot.node).expect("only objects and lists take parts");
        let Some(last) = container.parts.len().checked_sub(1) else {
            return Splice {
                at: container.span,
                with: habits.render(&part.alone(), &spot.stance, spot.spacing),
            };
        };
        // A part joins the manner of its neighbour: the one that it pushes back, or else the last.
        let stance = container.stance(&self.0, index.min(last));
        let written = part.written(&habits, &stance, container.spacing);
        let comma = match &stance {
            Stance::Line(_) => format!(",{}", habits.lead(&stance)),
            Stance::Inline => container.spacing.comma().to_owned(),
        };
        match container.parts.get(index) {
            Some(next) => Splice { at: next.start..next.start, with: format!("{written}{comma}") },
            None => {
                let end = container.parts[last].end;
                Splice { at: end..end, with: format!("{comma}{written}") }
            }
        }
    }

    pub(super) fn tree(&self) -> Tree<'_> {
        Tree::read(&self.0).expect("the text was read before, and edits keep it JSON")
    }

    fn value(&self, node: &Node) -> Value {
        serde_json::from_str(&self.0[span(node)]).expect("a part of a JSON document is JSON")
    }

    /// Changes the text, unless the outcome could not be read: values may be nested too deep.
    fn splice(&mut self, splice: &Splice) -> Result<(), EditError> {
        let Splice { at, with } = splice;
        let text = [&self.0[..at.start], with, &self.0[at.end..]].concat();
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
