//! Following a path through a document, with an eye on how it is laid out.

use std::ops::Range;

use super::{
    EditError,
    layout::{Container, Habits, Spacing, Stance},
};
use crate::{
    json::{Entry, JsonPath, Lines, Node, Value, parse},
    read::no_json,
};

/// A document that was read: an object.
pub(super) struct Tree<'t> {
    text: &'t str,
    root: Node,
}

/// A value that is there.
pub(super) struct Spot<'n> {
    pub(super) node: &'n Node,
    /// How it stands, as a part of what it is in.
    pub(super) stance: Stance,
    /// The spaces of what it is in.
    pub(super) spacing: Spacing,
}

impl Container {
    /// One of its parts, as a place for edits.
    pub(super) fn spot<'n>(&self, text: &str, at: usize, node: &'n Node) -> Spot<'n> {
        Spot { node, stance: self.stance(text, at), spacing: self.spacing }
    }
}

/// How far a path leads.
pub(super) enum Found<'n, 'p> {
    /// To a value.
    Value(Spot<'n>),
    /// To an object that lacks a key, and the keys below that one.
    Lacking(Spot<'n>, &'p str, Vec<&'p str>),
}

impl<'t> Tree<'t> {
    /// Reads a document that must be a JSON object.
    pub(super) fn read(text: &'t str) -> Result<Self, EditError> {
        let root = parse(text).map_err(|fault| EditError::NotJson(no_json(fault, &Lines::of(text))))?;
        match root.value {
            Value::Object(_) => Ok(Self { text, root }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                Err(EditError::NotAnObject { found: root.kind() })
            }
        }
    }

    /// The document.
    pub(super) const fn root(&self) -> &Node {
        &self.root
    }

    /// What was read.
    pub(super) const fn text(&self) -> &'t str {
        self.text
    }

    /// The document, as a place for edits.
    pub(super) const fn document(&self) -> Spot<'_> {
        Spot { node: &self.root, stance: Stance::Line(String::new()), spacing: Spacing::Wide }
    }

    /// The value at a path; none where nothing stands.
    pub(super) fn get(&self, path: &JsonPath) -> Option<serde_json::Value> {
        match self.follow(path) {
            Ok(Found::Value(spot)) => Some(self.value(spot.node)),
            Ok(Found::Lacking(..)) | Err(_) => None,
        }
    }

    pub(super) fn value(&self, node: &Node) -> serde_json::Value {
        serde_json::from_str(&self.text[span(node)]).expect("a part of a JSON document is JSON")
    }

    /// The habits of its writer.
    pub(super) fn habits(&self) -> Habits {
        let root = self.container(&self.root).expect("the document is an object");
        Habits::of(self.text, &root)
    }

    /// The parts of an object or a list; none of anything else.
    pub(super) fn container(&self, node: &Node) -> Option<Container> {
        let (parts, spacing) = match &node.value {
            Value::Object(entries) => (entries.iter().map(whole).collect(), self.spacing(entries)),
            Value::List(items) => (items.iter().map(span).collect(), Spacing::Wide),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => return None,
        };
        Some(Container { span: span(node), parts, spacing })
    }

    fn spacing(&self, entries: &[Entry]) -> Spacing {
        entries.first().map_or(Spacing::Wide, |entry| {
            Spacing::of_colon(&self.text[entry.key_span.end..entry.node.span.start])
        })
    }

    /// The first byte of the value at a path, or of the innermost one around it.
    pub(super) fn innermost(&self, path: &JsonPath) -> usize {
        let mut node = &self.root;
        for key in path.segments() {
            let next = match &node.value {
                Value::Object(entries) => place(entries, key).map(|at| &entries[at].node),
                Value::List(items) => index(key).and_then(|at| items.get(at)),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => None,
            };
            let Some(next) = next else { break };
            node = next;
        }
        node.span.start
    }

    /// Follows a path from the document down.
    pub(super) fn follow<'p>(&self, path: &'p JsonPath) -> Result<Found<'_, 'p>, EditError> {
        let mut spot = self.document();
        for (depth, key) in path.segments().enumerate() {
            let here = || JsonPath::of(path.segments().take(depth));
            let (at, node) = match &spot.node.value {
                Value::Object(entries) => match place(entries, key) {
                    Some(at) => (at, &entries[at].node),
                    None => return Ok(Found::Lacking(spot, key, path.segments().skip(depth + 1).collect())),
                },
                Value::List(items) => {
                    let item = index(key).and_then(|at| Some((at, items.get(at)?)));
                    item.ok_or_else(|| EditError::NoSuchElement {
                        path: here(),
                        length: items.len(),
                        index: key.to_owned(),
                    })?
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {
                    return Err(EditError::Leaf { path: here(), found: spot.node.kind() });
                }
            };
            let container = self.container(spot.node).expect("something below it was found");
            spot = container.spot(self.text, at, node);
        }
        Ok(Found::Value(spot))
    }
}

/// The place of the entry of that name. Of a name that stands twice the last one counts, as for most readers.
pub(super) fn place(entries: &[Entry], name: &str) -> Option<usize> {
    entries.iter().rposition(|entry| entry.key == name)
}

/// A key as the index of a list: decimal, without sign or leading zeros.
pub(super) fn index(key: &str) -> Option<usize> {
    let is_plain = key == "0" || (!key.starts_with('0') && key.bytes().all(|b| b.is_ascii_digit()));
    is_plain.then(|| key.parse().ok()).flatten()
}

/// The bytes of a value.
pub(super) fn span(node: &Node) -> Range<usize> {
    node.span.start..node.span.end
}

/// The bytes of a key and its value.
fn whole(entry: &Entry) -> Range<usize> {
    entry.key_span.start..entry.node.span.end
}
