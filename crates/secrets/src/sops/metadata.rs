//! The `sops` section of a file: who it is encrypted to, when, under which rules, and the checksum.

use clawlets_model::Secret;

use super::{
    error::SopsError,
    policy::{MacScope, Policy, Selection},
    tree::{Element, Entry, Item, List, Mapping, Node, Scalar, ScalarKind},
};

/// The release of the reference program whose files these are like.
const VERSION: &str = "3.13.2";

/// The file's key, encrypted to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stanza {
    /// The recipient as the file names it.
    pub recipient: String,
    /// The file's key, as an armoured age file.
    pub enc: String,
}

/// The `sops` section.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub(super) stanzas: Vec<Stanza>,
    pub(super) last_modified: String,
    pub(super) mac: String,
    pub(super) policy: Policy,
    /// What a rewrite would lose, in words.
    pub(super) lost: Vec<String>,
}

/// Keys of other kinds than age, as SOPS names their lists.
const OTHER_KEYS: [&str; 6] = ["kms", "gcp_kms", "azure_kv", "hc_vault", "pgp", "hckms"];

impl Metadata {
    /// Takes the section out of a file's outermost mapping.
    pub(super) fn take(root: &mut Mapping) -> Result<Self, SopsError> {
        let at = root.items.iter().position(|item| match item {
            Item::Entry(entry) => entry.key == "sops",
            Item::Comment(_) => false,
        });
        match at.map(|at| root.items.remove(at)) {
            Some(Item::Entry(Entry { value: Node::Mapping(section), .. })) => Self::read(&section),
            Some(_) => Err(SopsError::Metadata("it is no mapping".to_owned())),
            None => Err(SopsError::NotEncrypted),
        }
    }

    fn read(section: &Mapping) -> Result<Self, SopsError> {
        let mut found = Self {
            stanzas: Vec::new(),
            last_modified: text_of(section, "lastmodified")?,
            mac: text_of(section, "mac")?,
            policy: Policy::default(),
            lost: Vec::new(),
        };
        let mut selections = 0;
        for entry in section.entries() {
            let (key, value) = (entry.key.as_str(), &entry.value);
            match key {
                "lastmodified" | "mac" | "version" => {}
                "age" => found.stanzas = stanzas(value)?,
                "mac_only_encrypted" => {
                    if scalar(value).is_some_and(|scalar| scalar.text.expose() == "true") {
                        found.policy.mac_scope = MacScope::Encrypted;
                    }
                }
                "shamir_threshold" => {
                    if scalar(value).is_some_and(|scalar| scalar.text.expose() != "0") {
                        return Err(SopsError::Foreign(
                            "a key that is split among groups (shamir_threshold)",
                        ));
                    }
                }
                "key_groups" if is_empty(value) => {}
                "key_groups" => {
                    return Err(SopsError::Foreign("a key that is split among groups (key_groups)"));
                }
                "unencrypted_comment_regex" | "encrypted_comment_regex" => {
                    if scalar(value).is_some_and(|scalar| !scalar.text.expose().is_empty()) {
                        return Err(SopsError::Foreign("comments that choose what is encrypted"));
                    }
                }
                other if OTHER_KEYS.contains(&other) => {
                    if !is_empty(value) {
                        found.lost.push(format!("its keys of the kind {other}"));
                    }
                }
                other => match scalar(value).map(|scalar| scalar.text.expose().as_str()) {
                    Some("") => {}
                    Some(text) => match Selection::of_setting(other, text) {
                        Some(selection) => {
                            selections += 1;
                            found.policy.selection = selection?;
                        }
                        None => found.lost.push(format!("its setting {other}")),
                    },
                    None => found.lost.push(format!("its setting {other}")),
                },
            }
        }
        if selections > 1 {
            return Err(SopsError::Metadata("it has two rules about what is encrypted".to_owned()));
        }
        Ok(found)
    }

    /// The section as SOPS writes it.
    pub(super) fn write(&self) -> Entry {
        let text = |text: &str| Node::Scalar(Scalar::text(text));
        let mut section = Mapping::default();
        let elements = self.stanzas.iter().map(|stanza| {
            let mut one = Mapping::default();
            one.set("enc", text(&stanza.enc));
            one.set("recipient", text(&stanza.recipient));
            Element::Node(Node::Mapping(one))
        });
        section.set("age", Node::List(List { elements: elements.collect() }));
        section.set("lastmodified", text(&self.last_modified));
        section.set("mac", text(&self.mac));
        let (name, value) = self.policy.selection.setting();
        section.set(name, text(value));
        match self.policy.mac_scope {
            MacScope::Everything => {}
            MacScope::Encrypted => {
                let yes = Scalar { kind: ScalarKind::Boolean, text: Secret::from("true") };
                section.set("mac_only_encrypted", Node::Scalar(yes));
            }
        }
        section.set("version", text(VERSION));
        Entry { key: "sops".to_owned(), value: Node::Mapping(section) }
    }
}

fn scalar(node: &Node) -> Option<&Scalar> {
    match node {
        Node::Scalar(scalar) => Some(scalar),
        Node::Null | Node::Mapping(_) | Node::List(_) => None,
    }
}

fn is_empty(node: &Node) -> bool {
    match node {
        Node::Null => true,
        Node::List(list) => list.elements.is_empty(),
        Node::Mapping(mapping) => mapping.items.is_empty(),
        Node::Scalar(scalar) => scalar.text.expose().is_empty(),
    }
}

fn text_of(section: &Mapping, key: &str) -> Result<String, SopsError> {
    section
        .get(key)
        .and_then(scalar)
        .map(|scalar| scalar.text.expose().clone())
        .filter(|text| !text.is_empty())
        .ok_or_else(|| SopsError::Metadata(format!("{key} is missing")))
}

fn stanzas(value: &Node) -> Result<Vec<Stanza>, SopsError> {
    let malformed = || SopsError::Metadata("age is no list of recipient and enc".to_owned());
    let list = match value {
        Node::Null => return Ok(Vec::new()),
        Node::List(list) => list,
        Node::Mapping(_) | Node::Scalar(_) => return Err(malformed()),
    };
    let nodes = list.elements.iter().filter_map(|element| match element {
        Element::Node(node) => Some(node),
        Element::Comment(_) => None,
    });
    nodes
        .map(|node| match node {
            Node::Mapping(stanza) => {
                Ok(Stanza { recipient: text_of(stanza, "recipient")?, enc: text_of(stanza, "enc")? })
            }
            Node::Null | Node::Scalar(_) | Node::List(_) => Err(malformed()),
        })
        .collect()
}
