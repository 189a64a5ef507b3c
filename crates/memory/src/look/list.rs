//! Which files there are.

use jiff::Timestamp;
use rustix::fs::{FileType, Stat};
use serde::{Deserialize, Serialize};

use crate::{
    Limits, Memory, MemoryError, MemoryPath, Owner,
    journal::modified,
    tree::{Absent, Folder},
};

/// A file of the memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Its path.
    pub path: MemoryPath,
    /// Its size, in bytes.
    pub bytes: u64,
    /// When it was last written, as the file system says.
    pub modified: Timestamp,
    /// Whose it is.
    pub owner: Owner,
    /// Whether only humans change it.
    pub protected: bool,
}

/// The files of the memory, or of a folder in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listing {
    /// The files, by path.
    pub files: Vec<FileEntry>,
    /// How many things lie there that are no files of the memory: links, pipes, names that it does not take.
    pub others: usize,
    /// Whether there are more files than a list names.
    pub truncated: bool,
}

impl Memory {
    /// The files below a folder, or all of them.
    ///
    /// # Errors
    /// [`MemoryError::Missing`] when there is no such folder; and what the file system says.
    pub fn list(&self, below: Option<&MemoryPath>) -> Result<Listing, MemoryError> {
        let mut listing = Listing::default();
        self.visit(below, &mut listing, &mut |_, _| Ok(()))?;
        Ok(listing)
    }

    /// Goes through the files below a folder by path, with the folder that each lies in.
    pub(super) fn visit(
        &self,
        below: Option<&MemoryPath>,
        listing: &mut Listing,
        each: &mut dyn FnMut(&Folder, &FileEntry) -> Result<(), MemoryError>,
    ) -> Result<(), MemoryError> {
        let start = match below {
            None => Some(self.root.again()?),
            Some(path) => match self.one_file(path)? {
                Some((folder, entry)) => {
                    each(&folder, &entry)?;
                    listing.files.push(entry);
                    return Ok(());
                }
                None => self.root.at(path, Absent::Stays)?,
            },
        };
        let missing = || below.cloned().map(MemoryError::Missing);
        match (start, missing()) {
            (Some(folder), _) => self.visit_folder(&folder, below, listing, each),
            (None, Some(missing)) => Err(missing),
            (None, None) => Ok(()),
        }
    }

    /// The path itself, where it is a file.
    fn one_file(&self, path: &MemoryPath) -> Result<Option<(Folder, FileEntry)>, MemoryError> {
        let Some(folder) = self.root.of_file(path, Absent::Stays)? else { return Ok(None) };
        let stat = folder.stat(path.name())?.filter(|stat| is(stat, FileType::RegularFile));
        Ok(stat.map(|stat| (folder, self.entry(path.clone(), &stat))))
    }

    fn visit_folder(
        &self,
        folder: &Folder,
        at: Option<&MemoryPath>,
        listing: &mut Listing,
        each: &mut dyn FnMut(&Folder, &FileEntry) -> Result<(), MemoryError>,
    ) -> Result<(), MemoryError> {
        for name in folder.names()? {
            if listing.truncated {
                return Ok(());
            }
            // The memory's own files are nobody else's business.
            if name.starts_with('.') {
                continue;
            }
            let path = at.map_or_else(|| MemoryPath::parse(&name), |at| at.join(&name));
            // What is gone by now was there a moment ago; that is nothing to say.
            let (Ok(path), Some(stat)) = (path, folder.stat(&name)?) else {
                listing.others += 1;
                continue;
            };
            if is(&stat, FileType::Directory) {
                match folder.enter(&name, &path) {
                    Ok(Some(next)) => self.visit_folder(&next, Some(&path), listing, each)?,
                    Ok(None) => {}
                    Err(MemoryError::Denied { .. } | MemoryError::Link { .. }) => listing.others += 1,
                    Err(error) => return Err(error),
                }
            } else if !is(&stat, FileType::RegularFile) {
                listing.others += 1;
            } else if listing.files.len() == Limits::LISTED {
                listing.truncated = true;
            } else {
                let entry = self.entry(path, &stat);
                each(folder, &entry)?;
                self.session.pulse.beat();
                listing.files.push(entry);
            }
        }
        Ok(())
    }

    fn entry(&self, path: MemoryPath, stat: &Stat) -> FileEntry {
        FileEntry {
            protected: self.session.policy.protects(&path),
            path,
            bytes: u64::try_from(stat.st_size).unwrap_or(0),
            modified: modified(stat),
            owner: Owner { shares: false, ..Owner::of(stat) },
        }
    }
}

fn is(stat: &Stat, kind: FileType) -> bool {
    FileType::from_raw_mode(stat.st_mode) == kind
}
