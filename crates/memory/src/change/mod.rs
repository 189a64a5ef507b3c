//! Changing a file: writing, appending, and replacing a text in it.

mod answer;
mod verbs;

pub use answer::{Changed, Expect, Substitution};
