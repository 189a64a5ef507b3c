//! Changing a tree so that its values remember where they were.

use super::migration::Step;
use crate::json::{Entry, JsonPath, Node, Span, Value};

/// Takes note of what is done.
#[derive(Debug, Default)]
pub(super) struct Editor {
    steps: Vec<Step>,
}

impl Editor {
    pub(super) fn done(&mut self, path: &[&str], byte: usize, text: impl Into<String>) {
        self.steps.push(Step { path: JsonPath::of(path.iter().copied()), byte, text: text.into() });
    }

    pub(super) fn finish(self) -> Vec<Step> {
        self.steps
    }
}

/// A value that a path leads to.
pub(super) fn find_mut<'n>(node: &'n mut Node, path: &[&str]) -> Option<&'n mut Node> {
    path.iter().try_fold(node, |node, key| node.child_mut(key))
}

/// The keys of an object that a path leads to.
pub(super) fn keys(node: &Node, path: &[&str]) -> Vec<String> {
    let node = path.iter().try_fold(node, |node, key| node.child(key));
    let entries = node.and_then(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| entry.key.clone()).collect()
}

/// A value that was taken away, and where it stood among its siblings.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    pub(super) node: Node,
    outer: Vec<String>,
    at: usize,
}

impl Taken {
    /// The byte at which it stands in the text.
    pub(super) const fn byte(&self) -> usize {
        self.node.span.start
    }

    /// A value that was part of it, to be put where it stood.
    pub(super) fn part(&self, node: Node) -> Self {
        Self { node, outer: self.outer.clone(), at: self.at }
    }

    /// Another value that was made from it.
    pub(super) fn map(mut self, make: impl FnOnce(&Node) -> Node) -> Self {
        self.node = make(&self.node);
        self
    }
}

/// Takes a value away, which remembers the path that it had.
pub(super) fn take(tree: &mut Node, path: &[&str]) -> Option<Taken> {
    let (key, outer) = path.split_last()?;
    let entries = find_mut(tree, outer)?.entries_mut()?;
    let at = entries.iter().position(|entry| entry.key == *key)?;
    let mut node = entries.remove(at).node;
    node.origin.get_or_insert_with(|| JsonPath::of(path.iter().copied()));
    Some(Taken { node, outer: outer.iter().map(|key| (*key).to_owned()).collect(), at })
}

/// The object that a path leads to. What is missing on the way is made; `None` when something else stands there.
pub(super) fn object<'n>(tree: &'n mut Node, path: &[&str]) -> Option<&'n mut Node> {
    object_near(tree, path, None)
}

/// As [`object`]. What is made in the object from which a value was taken is put where that stood.
fn object_near<'n>(tree: &'n mut Node, path: &[&str], near: Option<&Taken>) -> Option<&'n mut Node> {
    let mut node = tree;
    for (depth, key) in path.iter().enumerate() {
        let span = near.map_or(node.span, |taken| taken.node.span);
        let place = place(near, &path[..depth]);
        let entries = node.entries_mut()?;
        let at = match entries.iter().position(|entry| entry.key == *key) {
            Some(at) => at,
            None => insert(entries, place, entry(key, Node::new(Value::Object(Vec::new()), span))),
        };
        node = &mut entries[at].node;
    }
    node.entries().is_some().then_some(node)
}

/// Where a new key goes in the object of a path: the place of what was taken from it, or the end.
fn place(near: Option<&Taken>, path: &[&str]) -> Option<usize> {
    near.filter(|taken| taken.outer.iter().map(String::as_str).eq(path.iter().copied())).map(|taken| taken.at)
}

fn insert(entries: &mut Vec<Entry>, place: Option<usize>, entry: Entry) -> usize {
    let at = place.unwrap_or(entries.len()).min(entries.len());
    entries.insert(at, entry);
    at
}

/// Puts a value under a key that is not there yet; gives it back when the key is taken, or when there is no object.
pub(super) fn put(tree: &mut Node, path: &[&str], key: &str, taken: Taken) -> Result<(), Taken> {
    let place = place(Some(&taken), path);
    let Some(entries) = object_near(tree, path, Some(&taken)).and_then(Node::entries_mut) else {
        return Err(taken);
    };
    if entries.iter().any(|entry| entry.key == key) {
        return Err(taken);
    }
    insert(entries, place, entry(key, taken.node));
    Ok(())
}

/// Puts a value back where it was taken from.
pub(super) fn put_back(tree: &mut Node, key: &str, taken: Taken) {
    let outer = taken.outer.clone();
    let outer: Vec<_> = outer.iter().map(String::as_str).collect();
    let _ = put(tree, &outer, key, taken);
}

/// A key with a value that was made from another one.
pub(super) fn entry(key: &str, node: Node) -> Entry {
    Entry { key: key.to_owned(), key_span: node.span, node }
}

/// A value that stands for another one, at its place.
pub(super) fn in_place_of(old: &Node, value: Value) -> Node {
    Node { value, span: old.span, origin: old.origin.clone() }
}

/// A text that was made, at a place.
pub(super) fn text(value: &str, span: Span) -> Node {
    Node::new(Value::Text(value.to_owned()), span)
}

/// Whether a value says nothing: an empty text, list or object, or null.
pub(super) fn is_blank(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
