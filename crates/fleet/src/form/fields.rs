//! The keys of one object.

use std::collections::HashSet;

use clawlets_model::document::nearest;

use super::{Form, Reader};
use crate::{
    json::{Entry, JsonPath, Node},
    problem::{Draft, ProblemCode},
};

/// An object whose keys are read one after the other, and whose values are then held against each other.
pub(crate) struct Fields<'n, 'r, 't> {
    node: &'n Node,
    entries: &'n [Entry],
    reader: &'r mut Reader<'t>,
}

impl<'n, 'r, 't> Fields<'n, 'r, 't> {
    /// Opens an object with these known keys. Others are reported, and so are keys that stand twice.
    pub(crate) fn open(node: &'n Node, reader: &'r mut Reader<'t>, known: &[&str]) -> Option<Self> {
        let Some(entries) = node.entries() else {
            reader.wrong_type(node, "an object");
            return None;
        };
        report_duplicates(entries, reader);
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let key = crate::problem::quoted(&entry.key);
            let suggestion = nearest(&entry.key, known.iter().copied()).map(str::to_owned);
            let mut draft =
                Draft::new(ProblemCode::UnknownKey, format!("unknown key {key}")).suggest(suggestion);
            if known.len() <= 12 {
                draft = draft.expected(format!("one of {}", known.join(", ")));
            }
            reader.within(&entry.key, &entry.node, |reader| {
                reader.report(entry.key_span.start, draft.found(key));
            });
        }
        Some(Self { node, entries, reader })
    }

    /// An object that was opened before, to hold its values against each other.
    pub(crate) fn over(node: &'n Node, reader: &'r mut Reader<'t>) -> Option<Self> {
        node.entries().map(|entries| Self { node, entries, reader })
    }

    /// The value of a key, if it is there and valid.
    pub(crate) fn value<T: Form>(&mut self, key: &str) -> Option<T> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        self.reader.within(key, &entry.node, |reader| T::read(&entry.node, reader))
    }

    /// The value of a key that must be there.
    pub(crate) fn required<T: Form>(&mut self, key: &str) -> Option<T> {
        if self.entries.iter().all(|entry| entry.key != key) {
            self.rule(&[key], Draft::new(ProblemCode::Missing, "is missing"));
        }
        self.value(key)
    }

    /// Reports a rule that the object breaks, at the value of a path within it, unless that value was refused already.
    /// Where the path ends early, the place is that of the innermost value which is there.
    pub(crate) fn rule(&mut self, within: &[&str], draft: Draft) {
        let mut path = self.reader.path().clone();
        let mut node = Some(self.node);
        let mut byte = self.node.span.start;
        for key in within {
            node = node.and_then(|node| node.child(key));
            match node.and_then(|node| node.origin.as_ref()) {
                Some(origin) => path = origin.clone(),
                None => path.push(key),
            }
            if let Some(node) = node {
                byte = node.span.start;
            }
        }
        if !self.reader.is_refused(&path) {
            self.reader.report_at(path, byte, draft);
        }
    }

    fn find(&self, within: &[&str]) -> Option<&'n Node> {
        within.iter().try_fold(self.node, |node, key| node.child(key))
    }

    /// Whether something stands at a path within the object.
    pub(crate) fn has(&self, within: &[&str]) -> bool {
        self.find(within).is_some()
    }

    /// The keys of an object within this one, valid or not.
    pub(crate) fn keys(&self, within: &[&str]) -> Vec<String> {
        let entries = self.find(within).and_then(Node::entries).unwrap_or_default();
        entries.iter().map(|entry| entry.key.clone()).collect()
    }

    /// The entries of a list within the object as they stand there; those that are no texts as the empty one.
    pub(crate) fn texts(&self, within: &[&str]) -> Vec<String> {
        let items = self.find(within).and_then(Node::items).unwrap_or_default();
        items.iter().map(|item| item.text().unwrap_or_default().trim().to_owned()).collect()
    }

    /// Whether the value of a path within the object was refused.
    pub(crate) fn is_refused(&self, within: &[&str]) -> bool {
        let mut path: JsonPath = self.reader.path().clone();
        within.iter().for_each(|key| path.push(key));
        self.reader.is_refused(&path)
    }
}

/// Reports the keys that stand more than once.
pub(crate) fn report_duplicates(entries: &[Entry], reader: &mut Reader<'_>) {
    let mut seen = HashSet::with_capacity(entries.len());
    for entry in entries {
        if !seen.insert(entry.key.as_str()) {
            let draft = Draft::new(ProblemCode::DuplicateKey, "the key stands twice");
            reader.within(&entry.key, &entry.node, |reader| reader.report(entry.key_span.start, draft));
        }
    }
}
