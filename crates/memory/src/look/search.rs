//! Which lines hold a text.

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{FileEntry, Listing};
use crate::{
    Limits, Memory, MemoryError, MemoryPath,
    tree::{Folder, OpenFile},
};

/// How much a pattern may become, in bytes, when it is made ready.
const PATTERN: usize = 1 << 20;
/// How far into a file it is looked for what no text holds.
const HEAD: usize = 8 << 10;

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Query(Regex);

/// A pattern that is none, with the reason.
#[derive(Debug, Error)]
#[error("the pattern cannot be used: {0}")]
pub struct QueryError(String);

impl From<regex::Error> for QueryError {
    fn from(error: regex::Error) -> Self {
        // A drawing of the pattern comes before the reason.
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default();
        Self(reason.trim_start_matches("error: ").to_owned())
    }
}

impl Query {
    /// Looks for a text as it stands.
    ///
    /// # Errors
    /// [`QueryError`] when it is too long.
    pub fn literal(text: &str) -> Result<Self, QueryError> {
        Self::pattern(&regex::escape(text))
    }

    /// Looks for a regular expression. Its time is linear in what is searched, whatever it says.
    ///
    /// # Errors
    /// [`QueryError`] when it is none, or too large.
    pub fn pattern(pattern: &str) -> Result<Self, QueryError> {
        let built = RegexBuilder::new(pattern).size_limit(PATTERN).build();
        Ok(Self(built?))
    }

    /// The same without regard to upper and lower case.
    #[must_use]
    pub fn in_any_case(self) -> Self {
        let built = RegexBuilder::new(self.0.as_str()).case_insensitive(true).size_limit(4 * PATTERN).build();
        Self(built.unwrap_or(self.0))
    }
}

/// A line that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// The file.
    pub path: MemoryPath,
    /// The line, from 1.
    pub line: usize,
    /// Its text, cut where it is long.
    pub text: String,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The lines, by path.
    pub hits: Vec<Hit>,
    /// How many files were looked into.
    pub searched: usize,
    /// Files that were not looked into: no text, too large, not to be read, or protected and written by somebody else.
    pub skipped: usize,
    /// Whether there is more than a search shows.
    pub truncated: bool,
}

impl Memory {
    /// The lines below a folder, or anywhere, that hold what is looked for.
    ///
    /// # Errors
    /// As [`Memory::list`].
    pub fn search(&self, query: &Query, below: Option<&MemoryPath>) -> Result<Found, MemoryError> {
        let (mut found, mut listing) = (Found::default(), Listing::default());
        let is_human = self.is_human();
        self.visit(below, &mut listing, &mut |folder, entry| {
            if found.truncated {
                return Ok(());
            }
            match self.text(folder, entry, is_human) {
                Some(content) => {
                    found.searched += 1;
                    look_into(&content, query, &entry.path, &mut found);
                }
                None => found.skipped += 1,
            }
            Ok(())
        })?;
        found.truncated |= listing.truncated;
        Ok(found)
    }

    /// What a file holds, if it is text of a size to be looked into.
    fn text(&self, folder: &Folder, entry: &FileEntry, is_human: bool) -> Option<Vec<u8>> {
        let mut file = OpenFile::open(folder, &entry.path).ok().flatten()?;
        if self.foreign_writer(&entry.path, &file).is_some() && !is_human {
            return None;
        }
        let content = file.content(Limits::SEARCHED, &self.session.pulse).ok()?;
        let is_text = !content.iter().take(HEAD).any(|byte| *byte == 0);
        is_text.then_some(content)
    }
}

fn look_into(content: &[u8], query: &Query, path: &MemoryPath, found: &mut Found) {
    for (number, line) in content.split(|byte| *byte == b'\n').enumerate() {
        if !query.0.is_match(line) {
            continue;
        }
        if found.hits.len() == Limits::HITS {
            found.truncated = true;
            return;
        }
        let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
        let mut shown: String = text.chars().take(Limits::LINE).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        found.hits.push(Hit { path: path.clone(), line: number + 1, text: shown });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_pattern_is_said_on_one_line() {
        let said = Query::pattern("a(\nb").unwrap_err().to_string();
        assert_eq!(said, "the pattern cannot be used: unclosed group");
    }
}
