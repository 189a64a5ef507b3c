//! `repo-seeds.tar.zst`: copies of repositories in one file, so that a host has them before it has a network.
//!
//! Of each repository it holds what git made of it: commits, branches, HEAD. Files that are checked out, settings and
//! hooks are left out when it is built, and are not taken from one that holds them: git makes the files anew, and whoever
//! packed a snapshot decides nothing about what runs on a host. The same folder gives the same bytes.

mod build;
mod error;
mod limits;
mod part;
mod preface;
mod unpack;

pub use build::{Packed, build};
pub use error::SnapshotError;
pub use limits::Limits;
pub use unpack::Snapshot;
