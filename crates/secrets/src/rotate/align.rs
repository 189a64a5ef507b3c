//! Bringing every file in line with the rules.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::project::{Vault, VaultError};

/// Encrypts every file anew that is encrypted to others than the rules say, each under a new key, and calls `done` after
/// each. A file that nothing at hand opens ends it: nothing is ever dropped.
///
/// # Errors
/// [`VaultError`] of the first file that cannot be read or written; those before it are in line.
pub fn align(vault: &Vault, now: Timestamp, done: &mut dyn FnMut(&Path)) -> Result<Vec<PathBuf>, VaultError> {
    let mut todo = Vec::new();
    for path in vault.files()? {
        if !vault.is_aligned(&path)? {
            todo.push(path);
        }
    }
    // Opened before the first is written: a key that is missing is found while nothing has changed.
    for path in &todo {
        vault.opened(path)?;
    }
    for path in &todo {
        vault.write_opened(path, &vault.opened(path)?, now)?;
        done(path);
    }
    Ok(todo)
}
