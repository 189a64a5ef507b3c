//! Names by which the program is also found.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

/// Each name, and the verb of `memory` that it stands for.
const NAMES: [(&str, &str); 3] =
    [("memory-read", "read"), ("memory-write", "write"), ("memory-edit", "edit")];

/// The command line as if it had been written in full: `memory-read x` is `clf memory read x`.
pub(crate) fn in_full(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let words: Vec<OsString> = words.into_iter().collect();
    let called = words.first().and_then(|word| Path::new(word).file_name()).and_then(OsStr::to_str);
    let Some((_, verb)) = NAMES.iter().find(|(name, _)| called == Some(*name)) else { return words };
    let full = ["clf", "memory", verb].map(OsString::from);
    full.into_iter().chain(words.into_iter().skip(1)).collect()
}
