//! `.clawlets/env`: the tokens and paths of one operator, which are never committed.
//!
//! [`parse`] knows the form of the file; [`Settings`] joins it with the environment of the process, which wins.

mod key;
mod parse;
mod settings;

pub(crate) use key::Key;
pub(crate) use settings::{NAME, Settings, Source, write_new};
