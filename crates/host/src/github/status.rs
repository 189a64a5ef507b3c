//! How a token is doing, for whoever watches. No secret is in it.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the document's form.
const VERSION: u32 = 1;

/// What came of the last look at a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenStatus {
    schema_version: u32,
    /// When it was looked at.
    pub checked_at: Timestamp,
    /// When the token ends that is in the file; none if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Since when no new one could be made; none if all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl TokenStatus {
    /// Where the status of the token in a file is: beside it, with `.status.json` in the place of its ending.
    #[must_use]
    pub fn place(file: &Path) -> PathBuf {
        file.with_extension("status.json")
    }

    /// The status of the token in a file; none if nothing is known.
    #[must_use]
    pub fn read(file: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::place(file)).ok()?).ok()
    }

    /// That all is well.
    pub(super) const fn well(now: Timestamp, expires_at: Timestamp) -> Self {
        let (failing_since, why) = (None, None);
        Self { schema_version: VERSION, checked_at: now, expires_at: Some(expires_at), failing_since, why }
    }

    /// That something went wrong, and since when.
    pub(super) fn failing(file: &Path, now: Timestamp, expires_at: Option<Timestamp>, why: String) -> Self {
        let since = Self::read(file).and_then(|before| before.failing_since).unwrap_or(now);
        let failing_since = Some(since);
        Self { schema_version: VERSION, checked_at: now, expires_at, failing_since, why: Some(why) }
    }

    /// Puts it beside the file.
    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        let place = Self::place(file);
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        // Always of this name, so that what one left that was killed is written over: whoever writes has the turn.
        let unfinished = place.with_file_name(format!(".{name}.new"));
        let mut new = fs::File::create(&unfinished)?;
        new.write_all(&serde_json::to_vec_pretty(self)?)?;
        new.set_permissions(fs::Permissions::from_mode(0o644))?;
        fs::rename(&unfinished, place)
    }
}
