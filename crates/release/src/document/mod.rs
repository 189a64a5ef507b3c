//! The two documents of a release: the pointer says which release a host should run, the manifest says what that is.
//!
//! Readers hash bytes as they came and read them strictly where it counts (size, depth, doubled keys, trailing bytes),
//! and tolerantly where a newer program may have added a field. Writers have one form: UTF-8, two spaces, the keys in
//! the order of the types here, no optional key without a value, a final newline.

mod canonical;
mod error;
mod health;
mod manifest;
mod pointer;
mod strict;
mod wave;

pub use canonical::SchemaVersion;
pub use canonical::write as canonical_bytes;
pub(crate) use canonical::write as write_document;
pub use error::{Document, DocumentFault};
pub use health::{Check, Health, Look, Need, Reach};
pub use manifest::{Cache, Feature, Manifest, SecretsFormat, SecretsRef};
pub use pointer::{EarlierPointer, Pointer};
pub(crate) use strict::read_state;
pub use wave::{Wave, WaveStep};
