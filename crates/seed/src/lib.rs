//! What a host starts out with: copies of repositories, the workspaces of its bots, the list of what is installed.
//!
//! Everything here is done again and again, at each boot and each release, so every part can be repeated, can be cut off
//! at any moment, and leaves alone what somebody else has changed. What is read was written by people who may be
//! mistaken (`repos.tsv`), by strangers (a repository, a snapshot), or lies in a folder that a bot controls (a workspace);
//! none of it leads out of the folder that it belongs in, and none of it becomes an option of a program.
//!
//! This crate must not know where a host keeps these things, where a token comes from, or how any of it is shown.

pub mod checkout;
pub mod git;
pub mod repos;
pub mod snapshot;
mod table;
pub mod tools;
pub mod workspace;

pub use table::{LineProblem, TableError};
