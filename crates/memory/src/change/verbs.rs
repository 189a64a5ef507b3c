//! The verbs that change a file. All of them hold its lock from the look at the old version to the log's line.

use super::{Changed, Expect, Substitution};
use crate::{
    Digest, Limits, Memory, MemoryError, MemoryPath, Verb, Version, lock,
    tree::{Absent, OpenFile, replace},
};

/// The rights of files: the group shares them.
const SHARED: u32 = 0o660;
/// The rights of files that only humans change.
const PROTECTED: u32 = 0o640;

impl Memory {
    /// Makes a file hold exactly `content`. Folders on the way are made.
    ///
    /// # Errors
    /// [`MemoryError::Changed`] when the file is not what was expected; [`MemoryError::Busy`]; [`MemoryError::Protected`];
    /// and what the file system says. The file is what it was, then.
    pub fn write(&self, path: &MemoryPath, content: &[u8], expect: Expect) -> Result<Changed, MemoryError> {
        self.put(path, content, expect, Verb::Write)
    }

    /// As [`Self::write`], for a version that came of an older one. The log calls it an edit.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn save_edit(
        &self,
        path: &MemoryPath,
        content: &[u8],
        expect: Expect,
    ) -> Result<Changed, MemoryError> {
        self.put(path, content, expect, Verb::Edit)
    }

    pub(crate) fn put(
        &self,
        path: &MemoryPath,
        content: &[u8],
        expect: Expect,
        verb: Verb,
    ) -> Result<Changed, MemoryError> {
        self.change(path, verb, |found| {
            expect.check(path, found.map(|found| found.digest))?;
            Ok(content.to_vec())
        })
    }

    /// Adds lines at the end of a file, which is made if there is none. A newline stands before them and behind them.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn append(&self, path: &MemoryPath, text: &[u8]) -> Result<Changed, MemoryError> {
        self.change(path, Verb::Append, |found| {
            let mut content = found.map(|found| found.content.clone()).unwrap_or_default();
            end_line(&mut content);
            content.extend_from_slice(text);
            end_line(&mut content);
            Ok(content)
        })
    }

    /// Replaces a text wherever it stands in a file.
    ///
    /// # Errors
    /// [`MemoryError::NoSuchText`] when it stands nowhere; [`MemoryError::Missing`]; else as [`Self::write`].
    pub fn substitute(
        &self,
        path: &MemoryPath,
        find: &[u8],
        replacement: &[u8],
    ) -> Result<Substitution, MemoryError> {
        // For a file that is not there, nothing is made.
        let folder = self.folder_of(path)?;
        OpenFile::open(&folder, path)?.ok_or_else(|| MemoryError::Missing(path.clone()))?;
        let mut places = 0;
        let change = self.change(path, Verb::Edit, |found| {
            let found = found.ok_or_else(|| MemoryError::Missing(path.clone()))?;
            let (content, count) = substituted(&found.content, find, replacement);
            places = count;
            if count == 0 { Err(MemoryError::NoSuchText(path.clone())) } else { Ok(content) }
        })?;
        Ok(Substitution { change, places })
    }

    fn change(
        &self,
        path: &MemoryPath,
        verb: Verb,
        next: impl FnOnce(Option<&Version>) -> Result<Vec<u8>, MemoryError>,
    ) -> Result<Changed, MemoryError> {
        let is_protected = self.session.policy.protects(path);
        if is_protected && !self.is_human() {
            return Err(MemoryError::Protected(path.clone()));
        }
        let Some(folder) = self.root.of_file(path, Absent::IsMade)? else {
            return Err(MemoryError::Missing(path.clone()));
        };
        // Nothing is locked for the sake of a folder or a link.
        OpenFile::open(&folder, path)?;
        let _lock = lock::exclusive(&folder, path, self.session.wait, &self.session.pulse)?;
        let found = self.version(&folder, path)?;
        let content = next(found.as_ref())?;
        if content.len() as u64 > Limits::FILE {
            return Err(MemoryError::TooLarge { path: path.clone(), limit: Limits::FILE });
        }
        let mode = if is_protected { PROTECTED } else { SHARED };
        replace(&folder, path, &content, mode, &self.session.pulse)?;
        let mut changed = Changed {
            path: path.clone(),
            sha256: Digest::of(&content),
            before: found.map(|found| found.digest),
            bytes: content.len() as u64,
            logged: false,
        };
        changed.logged = self.note(verb, &changed).is_ok();
        Ok(changed)
    }
}

fn end_line(content: &mut Vec<u8>) {
    if content.last().is_some_and(|last| *last != b'\n') {
        content.push(b'\n');
    }
}

/// The content with every place of `find` replaced, from the first on and without overlap, and how many there were.
fn substituted(content: &[u8], find: &[u8], replacement: &[u8]) -> (Vec<u8>, usize) {
    let mut result = Vec::with_capacity(content.len());
    let (mut rest, mut places) = (content, 0);
    while !find.is_empty() && rest.len() >= find.len() {
        if rest.starts_with(find) {
            result.extend_from_slice(replacement);
            rest = &rest[find.len()..];
            places += 1;
        } else {
            result.push(rest[0]);
            rest = &rest[1..];
        }
    }
    result.extend_from_slice(rest);
    (result, places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_are_replaced_as_in_any_other_program(
            content in "[ab\n]{0,40}", find in "[ab]{1,3}", replacement in "[abc]{0,3}",
        ) {
            let (result, places) = substituted(content.as_bytes(), find.as_bytes(), replacement.as_bytes());
            prop_assert_eq!(String::from_utf8(result).unwrap(), content.replace(&find, &replacement));
            prop_assert_eq!(places, content.matches(&find).count());
        }
    }
}
