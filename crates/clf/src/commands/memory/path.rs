//! Which file.

use std::ffi::OsString;

use clap::Args;
use clawlets_memory::{InvalidPath, MemoryError, MemoryPath};
use clawlets_printer::Fault;
use clawlets_verbs::memory::of_memory;

/// The file that a verb is about. It is judged by the memory's rules and not by the command line's, since a path that
/// leads out is refused and not merely mistyped.
#[derive(Debug, Args)]
pub(super) struct PathArgument {
    /// The file, by its path from the memory's root.
    #[arg(value_name = "PATH", allow_hyphen_values = true)]
    path: OsString,
}

impl PathArgument {
    pub(super) fn path(&self) -> Result<MemoryPath, Fault> {
        read(&self.path)
    }
}

/// A folder to look in, or everything.
#[derive(Debug, Args)]
pub(super) struct BelowArgument {
    /// Only what lies in this folder, or this file [default: everything].
    #[arg(value_name = "PATH", allow_hyphen_values = true)]
    below: Option<OsString>,
}

impl BelowArgument {
    pub(super) fn path(&self) -> Result<Option<MemoryPath>, Fault> {
        self.below.as_ref().map(folder).transpose().map(Option::flatten)
    }
}

/// A folder may be written with a slash behind it; `.` and `/` alone are the root.
pub(super) fn folder(text: &OsString) -> Result<Option<MemoryPath>, Fault> {
    match text.to_str() {
        Some("." | "./") => Ok(None),
        Some(plain) => read(&plain.strip_suffix('/').unwrap_or(plain).into()).map(Some),
        None => read(text).map(Some),
    }
}

fn read(text: &OsString) -> Result<MemoryPath, Fault> {
    let parsed = match text.to_str() {
        Some(plain) => MemoryPath::parse(plain),
        None => Err(InvalidPath { path: text.to_string_lossy().into_owned(), rule: "it is no text" }),
    };
    parsed.map_err(|error| of_memory(&MemoryError::from(error)))
}
