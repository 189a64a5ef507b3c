//! `.sops.yaml`: who each file is encrypted to, in the form that the program `sops` follows as well.

use clawlets_model::{HostName, OperatorId};
use regex::Regex;
use thiserror::Error;

use super::reader::{Reader, ReaderName};
use crate::{
    AgeKeyError, AgeRecipient,
    sops::{Comment, Element, List, Mapping, Node, Scalar, Tree, YamlError},
};

/// Rules that cannot be read or changed.
#[derive(Debug, Error)]
pub enum RulesError {
    /// The file is no YAML of the expected kind.
    #[error("the rules cannot be read")]
    Yaml(#[from] YamlError),
    /// A part of it does not have the expected form.
    #[error("the rules are not valid: {0}")]
    Form(&'static str),
    /// A rule's expression is not understood.
    #[error("the rule for {0:?} is no regular expression that is known here")]
    Expression(String),
    /// A rule names a key that is none.
    #[error("the rule for {path:?} names a key that is not usable here")]
    Key {
        /// The rule's expression.
        path: String,
        /// What is wrong with the key.
        source: AgeKeyError,
    },
    /// A file would have no reader.
    #[error("no rule says who can read {0}")]
    NoRule(String),
    /// The last operator would be removed.
    #[error("{0} is the last operator: nobody could read the secrets")]
    LastOperator(OperatorId),
    /// There is no such operator.
    #[error("there is no operator {0} in the rules")]
    UnknownOperator(OperatorId),
    /// The name or the key is taken.
    #[error("the rules have {0} already, with another key")]
    Taken(ReaderName),
}

/// The rules, in order; the first that fits a file counts. Whatever else stands in the file is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    pub(super) tree: Tree,
}

impl Rules {
    /// Reads the rules.
    ///
    /// # Errors
    /// [`RulesError`] when a rule cannot be followed.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let rules = Self { tree: Tree::from_yaml(text)? };
        for rule in rules.rules()? {
            expression(rule)?;
            readers_of(rule)?;
        }
        Ok(rules)
    }

    /// The rules as text; the same rules give the same text.
    #[must_use]
    pub fn render(&self) -> String {
        self.tree.to_yaml().to_string()
    }

    /// Who can read a file, by its path relative to the folder of the rules.
    ///
    /// # Errors
    /// [`RulesError::NoRule`] when no rule fits.
    pub fn readers(&self, path: &str) -> Result<Vec<Reader>, RulesError> {
        for rule in self.rules()? {
            let fits = match expression(rule)? {
                Some(expression) => expression.is_match(path),
                None => true,
            };
            if fits {
                return readers_of(rule);
            }
        }
        Err(RulesError::NoRule(path.to_owned()))
    }

    /// The keys alone that a file is encrypted to.
    ///
    /// # Errors
    /// As [`Self::readers`].
    pub fn recipients(&self, path: &str) -> Result<Vec<AgeRecipient>, RulesError> {
        Ok(self.readers(path)?.into_iter().map(|reader| reader.recipient).collect())
    }

    /// Every operator that some rule names, by name.
    ///
    /// # Errors
    /// [`RulesError`] when a rule is not valid.
    pub fn operators(&self) -> Result<Vec<(OperatorId, AgeRecipient)>, RulesError> {
        let mut found = Vec::new();
        for rule in self.rules()? {
            for reader in readers_of(rule)? {
                if let ReaderName::Operator(name) = reader.name {
                    found.push((name, reader.recipient));
                }
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The key of a host, where a rule names it.
    ///
    /// # Errors
    /// [`RulesError`] when a rule is not valid.
    pub fn host(&self, host: &HostName) -> Result<Option<AgeRecipient>, RulesError> {
        for rule in self.rules()? {
            let mut readers = readers_of(rule)?.into_iter();
            if let Some(reader) = readers.find(|reader| reader.name == ReaderName::Host(host.clone())) {
                return Ok(Some(reader.recipient));
            }
        }
        Ok(None)
    }

    fn rules(&self) -> Result<Vec<&Mapping>, RulesError> {
        let list = match self.tree.root.get("creation_rules") {
            None | Some(Node::Null) => return Ok(Vec::new()),
            Some(Node::List(list)) => list,
            Some(Node::Mapping(_) | Node::Scalar(_)) => {
                return Err(RulesError::Form("creation_rules must be a list"));
            }
        };
        let nodes = list.elements.iter().filter_map(|element| match element {
            Element::Node(node) => Some(node),
            Element::Comment(_) => None,
        });
        nodes
            .map(|node| match node {
                Node::Mapping(rule) => Ok(rule),
                Node::Null | Node::Scalar(_) | Node::List(_) => {
                    Err(RulesError::Form("each of creation_rules must have path_regex and age"))
                }
            })
            .collect()
    }
}

/// The expression of a rule as text; a rule without one fits every file.
pub(super) fn path_of(rule: &Mapping) -> &str {
    match rule.get("path_regex") {
        Some(Node::Scalar(scalar)) => scalar.text.expose(),
        Some(Node::Null | Node::Mapping(_) | Node::List(_)) | None => "",
    }
}

fn expression(rule: &Mapping) -> Result<Option<Regex>, RulesError> {
    match path_of(rule) {
        "" => Ok(None),
        text => Regex::new(text).map(Some).map_err(|_| RulesError::Expression(text.to_owned())),
    }
}

fn readers_of(rule: &Mapping) -> Result<Vec<Reader>, RulesError> {
    if rule.get("key_groups").is_some() {
        return Err(RulesError::Form("a rule has key_groups, which this program does not follow"));
    }
    let parse = |text: &str| {
        AgeRecipient::parse(text).map_err(|source| RulesError::Key { path: path_of(rule).to_owned(), source })
    };
    match rule.get("age") {
        None | Some(Node::Null) => Ok(Vec::new()),
        Some(Node::Scalar(Scalar { text, .. })) => {
            let keys = text.expose().split(',').map(str::trim).filter(|key| !key.is_empty());
            keys.map(|key| Ok(Reader { name: ReaderName::Unnamed, recipient: parse(key)? })).collect()
        }
        Some(Node::List(list)) => readers_of_list(list, &parse),
        Some(Node::Mapping(_)) => Err(RulesError::Form("age must be a list of keys")),
    }
}

fn readers_of_list(
    list: &List,
    parse: &dyn Fn(&str) -> Result<AgeRecipient, RulesError>,
) -> Result<Vec<Reader>, RulesError> {
    let mut readers = Vec::new();
    let mut name = ReaderName::Unnamed;
    for element in &list.elements {
        match element {
            Element::Comment(Comment { text, .. }) => name = ReaderName::of_comment(text.expose()),
            Element::Node(Node::Scalar(scalar)) => {
                let name = std::mem::replace(&mut name, ReaderName::Unnamed);
                readers.push(Reader { name, recipient: parse(scalar.text.expose())? });
            }
            Element::Node(Node::Null | Node::Mapping(_) | Node::List(_)) => {
                return Err(RulesError::Form("age must be a list of keys"));
            }
        }
    }
    Ok(readers)
}
