//! SOPS files: YAML whose values are encrypted, each under the path of its keys, with a key for the file that is
//! encrypted to age recipients.
//!
//! What the reference program `sops` writes is read right or refused with a sentence that says why; what is written
//! here, it reads. A file is always written whole and with a new key, from the tree that was read, comments included,
//! so nothing is lost by a rewrite.
//!
//! [`Sealed`] is a file as it lies on the disk, [`Tree`] what it holds, [`Opened`] a tree with the settings of the file
//! that it came from.

mod cipher;
mod error;
mod mac;
mod metadata;
mod plain;
mod policy;
mod sealed;
mod tree;
mod walk;
mod yaml_read;
mod yaml_write;

pub use error::{SopsError, YamlError};
pub use metadata::Stanza;
pub use policy::{MacScope, Policy, Selection};
pub use sealed::{Opened, Sealed, seal};
pub use tree::{Comment, Element, Entry, Item, List, Mapping, Node, Placement, Scalar, ScalarKind, Tree};
