//! The version of the file's form.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::{
    form::{Form, Reader},
    json::{Node, Value},
    problem::{Draft, ProblemCode, shown},
};

/// A version that can be read: 8 to 13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaVersion(u32);

impl SchemaVersion {
    /// The version that is written.
    pub const CURRENT: Self = Self(13);
    /// The oldest version that can be read.
    pub const OLDEST: Self = Self(8);

    /// The version as a number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Whether it is the version that is written.
    #[must_use]
    pub fn is_current(self) -> bool {
        self == Self::CURRENT
    }

    /// The version of a document. A document that names none counts as current, which is reported.
    pub(crate) fn of(tree: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        if tree.entries().is_none() {
            reader.wrong_type(tree, "an object");
            return None;
        }
        let Some(node) = tree.child("schemaVersion") else {
            let draft = Draft::new(ProblemCode::Missing, "is missing").expected(Self::CURRENT.to_string());
            reader.report_at(crate::JsonPath::of(["schemaVersion"]), tree.span.start, draft);
            return Some(Self::CURRENT);
        };
        reader.within("schemaVersion", node, |reader| Self::find(node, reader))
    }

    fn find(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = format!("{}, or an earlier version from {} on", Self::CURRENT, Self::OLDEST);
        let Value::Number(digits) = &node.value else {
            reader.wrong_type(node, &expected);
            return None;
        };
        let known =
            (Self::OLDEST.0..=Self::CURRENT.0).find(|version| digits.parse() == Ok(f64::from(*version)));
        if known.is_none() {
            let is_newer = digits.parse::<f64>().is_ok_and(|version| version > f64::from(Self::CURRENT.0));
            let what = if is_newer {
                format!("{digits} is newer than this program")
            } else {
                format!("{digits} cannot be read")
            };
            let draft = Draft::new(ProblemCode::Version, what).expected(expected);
            reader.report(node.span.start, draft.found(shown(node, reader.path())));
        }
        known.map(Self)
    }
}

impl fmt::Display for SchemaVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl serde::Serialize for SchemaVersion {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

/// Every document that is read has been brought to the current version.
impl Form for SchemaVersion {
    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Self::find(node, reader)
    }

    fn schema() -> Json {
        json!({ "const": Self::CURRENT.0 })
    }

    fn to_json(&self) -> Json {
        json!(self.0)
    }
}
