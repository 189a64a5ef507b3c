//! The program `clawlets`, for operators.
//!
//! One file per verb in [`commands`]; the doc comment of an argument struct is the verb's help. Verbs that `clf` has as
//! well live in `clawlets-verbs`. This crate holds no logic of its own: it reads arguments and files, calls a library,
//! and hands what comes back to the printer.

mod aws;
mod commands;
mod env_file;
mod fleet_file;
mod folders;
mod git;
mod host_ssh;
mod nix;
mod on_path;
mod program;
mod project;
mod stop;

pub use program::{command, main};
