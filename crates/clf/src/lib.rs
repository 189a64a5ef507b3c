//! The program `clf`, for bots.
//!
//! One file per verb in [`commands`]; the doc comment of an argument struct is the verb's help. Verbs that `clawlets`
//! has as well live in `clawlets-verbs`. This crate links no cloud and no secrets: a bot is trusted with nothing.

mod alias;
mod commands;
mod program;

pub use program::{command, main};
