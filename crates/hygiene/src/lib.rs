//! Finds what must never enter a fleet's repository.
//!
//! [`scan()`] looks at one file and knows nothing but its path and its bytes. [`Repository`] is the thin edge to git: what
//! is staged, what a push would send, what is tracked. A [`Finding`] says where and what kind, and never repeats the
//! secret.

mod assignment;
mod finding;
mod git;
mod path;
mod scan;
mod sops;
mod token;

pub use finding::{Finding, Rule};
pub use git::{GitError, PushedRef, Repository};
pub use scan::{MARKER, scan, scan_message, scan_tag};
