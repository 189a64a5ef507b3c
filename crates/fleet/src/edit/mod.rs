//! Edits of the text of a declaration that a person keeps.
//!
//! An edit replaces the bytes of the one value that it is about and leaves every other byte as it is: the order of keys,
//! indentation, line ends and blank lines stay. [`FleetText`] makes single edits, and those of an [`Overlay`] in one pass;
//! [`review`] holds an edited text against the one before and refuses it only for what the edit made worse, so that a
//! file with several faults can be repaired one at a time. [`typed_value`] reads a value from a command line as the
//! schema wants it.

mod error;
mod layout;
mod merge;
mod redacted;
mod review;
#[cfg(test)]
mod review_tests;
mod splice;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod typed;

pub use error::EditError;
pub use merge::Overlay;
pub use review::{Refusal, Review, review};
pub use text::FleetText;
pub use typed::{WrongType, typed_value};
