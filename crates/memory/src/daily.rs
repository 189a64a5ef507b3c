//! Daily notes: each instance writes its own, and they are merged into one page on request.

use std::fmt;

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Changed, Expect, Memory, MemoryError, MemoryPath, Verb, tree::Absent};

/// The folder of daily notes.
const FOLDER: &str = "daily";
/// The first line of a page that was merged. Without it a page is somebody's own, and stays.
const MARK: &str = "<!-- merged by clf memory daily; the notes themselves lie beside it -->";

/// A day, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is not a day: expected YYYY-MM-DD")]
pub struct InvalidDay(String);

impl Day {
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`InvalidDay`] on anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidDay> {
        let invalid = || InvalidDay(text.chars().take(40).collect());
        let is_plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if !is_plain {
            return Err(invalid());
        }
        text.parse().map(Self).map_err(|_| invalid())
    }

    /// The day of a moment.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        Self(moment.to_zoned(TimeZone::UTC).date())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for Day {
    type Err = InvalidDay;
    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        Self::parse(text.trim())
    }
}

/// Who writes daily notes: a host or a bot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct InstanceName(String);

impl InstanceName {
    /// Reads a name of letters, digits, `_`, `-` and `.`; none if it is something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
        let holds = !text.is_empty() && text.len() <= 100 && text.bytes().all(is_plain);
        holds.then(|| Self(text.to_owned()))
    }

    /// Where it writes its notes of a day.
    #[must_use]
    pub fn note(&self, day: Day) -> MemoryPath {
        MemoryPath::parse(&format!("{FOLDER}/{day}_{}.md", self.0)).expect("both parts are plain names")
    }
}

impl fmt::Display for InstanceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The notes of a day as one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    /// Whose notes they are, sorted.
    pub instances: Vec<InstanceName>,
    /// The page: a heading for each instance, and its notes below it.
    pub page: Vec<u8>,
}

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Merged {
    /// The page.
    pub path: MemoryPath,
    /// Whose notes are in it.
    pub instances: Vec<InstanceName>,
    /// The change; none if the page was the same already.
    pub change: Option<Changed>,
}

impl Memory {
    /// The notes of a day as one page. Nothing is changed.
    ///
    /// # Errors
    /// [`MemoryError::Missing`] when there are none; and what reading a file says.
    pub fn notes(&self, day: Day) -> Result<Notes, MemoryError> {
        let page = page_path(day);
        let parent = MemoryPath::parse(FOLDER)?;
        let folder =
            self.root.at(&parent, Absent::Stays)?.ok_or_else(|| MemoryError::Missing(page.clone()))?;
        let prefix = format!("{day}_");
        let instance = |name: String| InstanceName::parse(name.strip_prefix(&prefix)?.strip_suffix(".md")?);
        let instances: Vec<_> = folder.names()?.into_iter().filter_map(instance).collect();
        if instances.is_empty() {
            return Err(MemoryError::Missing(page));
        }
        let mut text = format!("{MARK}\n# {day}\n").into_bytes();
        for instance in &instances {
            text.extend_from_slice(format!("\n## {instance}\n\n").as_bytes());
            text.extend_from_slice(&self.read(&instance.note(day))?.content);
            if text.last() != Some(&b'\n') {
                text.push(b'\n');
            }
        }
        Ok(Notes { instances, page: text })
    }

    /// Puts the notes of a day together in `daily/YYYY-MM-DD.md`. Doing it again does nothing.
    ///
    /// # Errors
    /// [`MemoryError::Changed`] when a page of that name was not merged but written by somebody; else as [`Self::notes`]
    /// and [`Self::write`].
    pub fn merge_notes(&self, day: Day) -> Result<Merged, MemoryError> {
        let path = page_path(day);
        let notes = self.notes(day)?;
        let found = match self.read(&path) {
            Ok(found) => Some(found),
            Err(MemoryError::Missing(_)) => None,
            Err(error) => return Err(error),
        };
        let expect = match &found {
            None => Expect::Nothing,
            Some(found) if found.content.starts_with(MARK.as_bytes()) => Expect::Version(found.digest),
            Some(found) => return Err(MemoryError::Changed { path, found: Some(found.digest) }),
        };
        let is_same = found.is_some_and(|found| found.content == notes.page);
        let change = if is_same { None } else { Some(self.put(&path, &notes.page, expect, Verb::Merge)?) };
        Ok(Merged { path, instances: notes.instances, change })
    }
}

fn page_path(day: Day) -> MemoryPath {
    MemoryPath::parse(&format!("{FOLDER}/{day}.md")).expect("a day is a plain name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_that_exists() {
        assert_eq!(Day::parse("2026-11-21").unwrap().to_string(), "2026-11-21");
        for wrong in ["2026-02-30", "2026-1-1", "20261121", "../../etc/x", "2026-11-21T00:00", ""] {
            assert!(Day::parse(wrong).is_err(), "{wrong}");
        }
    }
}
