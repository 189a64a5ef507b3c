//! `.clawlets/env`: the tokens and paths of one operator, which are never committed.
//!
//! [`parse`] knows the form of the file, [`file`] who may own it; [`Settings`] joins it with the environment of the
//! process, which wins.

mod file;
mod key;
mod parse;
mod settings;
mod values;

pub(crate) use file::{NAME, set, write_new};
pub(crate) use key::Key;
pub(crate) use settings::{Settings, Source};
