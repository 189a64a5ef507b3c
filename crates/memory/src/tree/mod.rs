//! The folders and files below the root, opened one part after the other.
//!
//! Each part of a path is opened from the folder before it and never through a symbolic link, so that a name that is
//! swapped meanwhile leads at worst to another place in the memory. The kernel's own `openat2` could do it in one call,
//! but a sandbox that forbids set-group-ID bits refuses that call as a whole, and bots run in one.

mod file;
mod folder;
mod next;

pub(crate) use file::OpenFile;
pub(crate) use folder::{Absent, Folder};
pub(crate) use next::replace;
