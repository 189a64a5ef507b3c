//! What a file of secrets holds: ordered mappings, lists and scalars, with the comments between them.

use clawlets_model::Secret;

/// A whole document. Its root is a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// The outermost mapping.
    pub root: Mapping,
}

/// Entries in the order of the file, with comments between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// Entries and comments, in order. No two entries have the same key.
    pub items: Vec<Item>,
}

/// A line of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A comment before the next entry, or after the last.
    Comment(Comment),
    /// A key and its value.
    Entry(Entry),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key; SOPS knows only text here.
    pub key: String,
    /// What it stands for.
    pub value: Node,
}

/// Elements in the order of the file, with comments between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// Elements and comments, in order.
    pub elements: Vec<Element>,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// A comment before the next element, or after the last.
    Comment(Comment),
    /// An element.
    Node(Node),
}

/// A value of any form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// No value. SOPS neither encrypts it nor counts it.
    Null,
    /// One value.
    Scalar(Scalar),
    /// Values under keys.
    Mapping(Mapping),
    /// Values in a row.
    List(List),
}

/// What a scalar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarKind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A moment.
    Time,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// What it is.
    pub kind: ScalarKind,
    /// How it is written in YAML, without quotes.
    pub text: Secret<String>,
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// On a line of its own.
    OwnLine,
    /// Behind the value that follows it in the tree, on the same line.
    Behind,
}

/// A comment of the file's author; it may well say something secret, so SOPS encrypts it too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// What follows the `#`.
    pub text: Secret<String>,
    /// Where it stands.
    pub placement: Placement,
}

impl Scalar {
    /// A text.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: ScalarKind::Text, text: Secret::new(text.into()) }
    }
}

impl Mapping {
    /// The entries, without the comments.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.items.iter().filter_map(|item| match item {
            Item::Entry(entry) => Some(entry),
            Item::Comment(_) => None,
        })
    }

    /// The value under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Puts a value under a key: in the place of the one that is there, else at the end.
    pub fn set(&mut self, key: &str, value: Node) {
        let there = self.items.iter_mut().find_map(|item| match item {
            Item::Entry(entry) if entry.key == key => Some(&mut entry.value),
            Item::Entry(_) | Item::Comment(_) => None,
        });
        match there {
            Some(place) => *place = value,
            None => self.items.push(Item::Entry(Entry { key: key.to_owned(), value })),
        }
    }
}

impl Tree {
    /// A tree with one text under one key: the form of a secret of its own file.
    #[must_use]
    pub fn single(key: &str, value: &Secret<String>) -> Self {
        let mut root = Mapping::default();
        root.set(key, Node::Scalar(Scalar { kind: ScalarKind::Text, text: value.clone() }));
        Self { root }
    }

    /// The text or number at the end of a path of keys.
    #[must_use]
    pub fn scalar(&self, path: &[&str]) -> Option<&Scalar> {
        let (last, folders) = path.split_last()?;
        let mut mapping = &self.root;
        for key in folders {
            match mapping.get(key)? {
                Node::Mapping(inner) => mapping = inner,
                Node::Null | Node::Scalar(_) | Node::List(_) => return None,
            }
        }
        match mapping.get(last)? {
            Node::Scalar(scalar) => Some(scalar),
            Node::Null | Node::Mapping(_) | Node::List(_) => None,
        }
    }

    /// Every value of the tree, in order.
    #[must_use]
    pub fn scalars(&self) -> Vec<&Scalar> {
        let mut found = Vec::new();
        collect(&self.root, &mut found);
        found
    }
}

fn collect<'a>(mapping: &'a Mapping, found: &mut Vec<&'a Scalar>) {
    for entry in mapping.entries() {
        collect_node(&entry.value, found);
    }
}

fn collect_node<'a>(node: &'a Node, found: &mut Vec<&'a Scalar>) {
    match node {
        Node::Null => {}
        Node::Scalar(scalar) => found.push(scalar),
        Node::Mapping(mapping) => collect(mapping, found),
        Node::List(list) => {
            for element in &list.elements {
                if let Element::Node(node) = element {
                    collect_node(node, found);
                }
            }
        }
    }
}
