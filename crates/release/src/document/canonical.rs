//! The one form in which documents are written.

use serde::Serialize;

/// The bytes of a document that is signed: UTF-8, two spaces, the keys in the order of the type's fields, a final newline.
///
/// # Panics
/// When the document holds what has no form in JSON, such as a map whose keys are no texts.
pub fn write(document: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(document)
        .expect("a document is made of strings, numbers, lists and structs, which all have a form in JSON");
    bytes.push(b'\n');
    bytes
}

/// The schema version of a document: 1, and no other is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct SchemaVersion;

impl TryFrom<u64> for SchemaVersion {
    type Error = &'static str;
    fn try_from(version: u64) -> Result<Self, Self::Error> {
        if version == 1 { Ok(Self) } else { Err("is not 1") }
    }
}

impl From<SchemaVersion> for u64 {
    fn from(_: SchemaVersion) -> Self {
        1
    }
}
