//! Expressions of the database, with what they name.

use std::collections::BTreeMap;

use super::Attribute;

/// A condition, or what an update does: a text, in which `#name` stands for the name of a value, and `:value` for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub(super) text: String,
    pub(super) names: BTreeMap<String, String>,
    pub(super) values: BTreeMap<String, Attribute>,
}

impl Expression {
    /// An expression, such as `attribute_not_exists(#id) OR #until < :now`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), names: BTreeMap::new(), values: BTreeMap::new() }
    }

    /// The same, in which `alias`, such as `#until`, stands for that name.
    #[must_use]
    pub fn name(mut self, alias: &str, name: &str) -> Self {
        self.names.insert(alias.to_owned(), name.to_owned());
        self
    }

    /// The same, in which `alias`, such as `:now`, stands for that value.
    #[must_use]
    pub fn value(mut self, alias: &str, value: Attribute) -> Self {
        self.values.insert(alias.to_owned(), value);
        self
    }
}
