//! Unpacking, as if somebody hostile had packed it.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use tar::{Archive, Entry, EntryType};

use super::{
    Limits, SnapshotError,
    part::{self, Part},
    preface::{self, About, Unusable},
};
use crate::repos::RepoName;

/// How much of an entry's name an error holds, in characters.
const SHOWN: usize = 100;
/// The most memory that a snapshot may ask of whoever reads it, as a power of two.
const WINDOW: u32 = 27;

/// A snapshot that was looked through from one end to the other: nothing in it leads astray or is too large.
#[derive(Debug)]
pub struct Snapshot {
    path: PathBuf,
    limits: Limits,
    names: BTreeSet<RepoName>,
}

type Reader = zstd::Decoder<'static, BufReader<File>>;

impl Snapshot {
    /// Looks through a snapshot. Nothing is written.
    ///
    /// # Errors
    /// [`SnapshotError`] when it cannot be read, is too large, or holds anything but files and folders.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, SnapshotError> {
        let mut snapshot = Self { path: path.to_owned(), limits, names: BTreeSet::new() };
        let mut names = BTreeSet::new();
        snapshot.each(|name, below, _| {
            if below == Path::new("HEAD") {
                names.insert(name);
            }
            Ok(())
        })?;
        snapshot.names = names;
        Ok(snapshot)
    }

    /// Whether it holds this repository.
    #[must_use]
    pub fn holds(&self, name: &RepoName) -> bool {
        self.names.contains(name)
    }

    /// The repositories that it holds.
    #[must_use]
    pub const fn names(&self) -> &BTreeSet<RepoName> {
        &self.names
    }

    /// Writes what git made of one repository into `<copy>/.git`. The folder must not be there yet, and nobody else may
    /// write beside it.
    pub(crate) fn unpack(&self, wanted: &RepoName, copy: &Path) -> Result<(), SnapshotError> {
        let git = copy.join(".git");
        let failed =
            |path: &Path, source| SnapshotError::Io { tried: "write", path: path.to_owned(), source };
        for folder in ["objects", "refs"] {
            fs::create_dir_all(git.join(folder)).map_err(|error| failed(&git, error))?;
        }
        self.each(|name, below, entry| {
            if name != *wanted {
                return Ok(());
            }
            let path = git.join(&below);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
            }
            // Every file is new: an entry that stands twice does not replace the first.
            let mut file = File::create_new(&path).map_err(|error| failed(&path, error))?;
            io::copy(entry, &mut file).map_err(|error| self.damaged(error))?;
            Ok(())
        })
    }

    /// Visits the files of all repositories, with every entry judged before.
    fn each(
        &self,
        mut visit: impl FnMut(RepoName, PathBuf, &mut Entry<'_, io::Take<Reader>>) -> Result<(), SnapshotError>,
    ) -> Result<(), SnapshotError> {
        let (mut bytes, mut count) = (0_u64, 0_u64);
        let mut named = None;
        let mut archive = self.archive()?;
        // Entry by entry as they stand: else names are read before anybody could say that they are too long.
        for entry in archive.entries().map_err(|error| self.damaged(error))?.raw(true) {
            let mut entry = entry.map_err(|error| self.damaged(error))?;
            count += 1;
            bytes = bytes.saturating_add(entry.size());
            if count > self.limits.entries {
                return Err(self.too_large(self.limits.entries, "entries"));
            }
            if bytes > self.limits.bytes {
                return Err(self.too_large(self.limits.bytes, "bytes"));
            }
            let own = entry.path().map_err(|error| self.damaged(error))?.into_owned();
            match preface::read(&mut entry) {
                Ok(About::Itself) => {}
                Ok(About::Next(path)) => {
                    named = Some(path);
                    continue;
                }
                Ok(About::Nothing) => continue,
                Err(Unusable::Damaged(error)) => return Err(self.damaged(error)),
                Err(Unusable::Refused(why)) => return Err(self.refused(&own, why)),
            }
            let path = named.take().unwrap_or(own);
            let kind = entry.header().entry_type();
            let refused = |why| self.refused(&path, why);
            let part = part::of_entry(&path).map_err(refused)?;
            match (kind, part) {
                (EntryType::Regular | EntryType::Continuous, Part::Git(name, below)) => {
                    visit(name, below, &mut entry)?;
                }
                // Files that are checked out may be links: they are made by git, and not from here.
                (
                    EntryType::Regular | EntryType::Continuous | EntryType::Directory | EntryType::Symlink,
                    Part::Other,
                )
                | (EntryType::Directory, Part::Git(..)) => {}
                _ => return Err(refused("is neither a file nor a folder")),
            }
        }
        Ok(())
    }

    fn archive(&self) -> Result<Archive<io::Take<Reader>>, SnapshotError> {
        let failed = |source| SnapshotError::Io { tried: "open", path: self.path.clone(), source };
        let file = File::open(&self.path).map_err(failed)?;
        if !file.metadata().map_err(failed)?.is_file() {
            return Err(failed(io::Error::other("it is no file")));
        }
        let mut reader = zstd::Decoder::new(file).map_err(|error| self.damaged(error))?;
        reader.window_log_max(WINDOW).map_err(|error| self.damaged(error))?;
        // Headers and padding come on top of what the entries hold.
        let most = self.limits.bytes.saturating_add(self.limits.entries.saturating_mul(2048));
        Ok(Archive::new(reader.take(most)))
    }

    fn damaged(&self, source: io::Error) -> SnapshotError {
        SnapshotError::Damaged { path: self.path.clone(), source }
    }

    fn too_large(&self, limit: u64, what: &'static str) -> SnapshotError {
        SnapshotError::TooLarge { path: self.path.clone(), limit, what }
    }

    fn refused(&self, entry: &Path, why: &'static str) -> SnapshotError {
        let entry = entry.to_string_lossy().chars().take(SHOWN).collect();
        SnapshotError::Refused { path: self.path.clone(), entry, why }
    }
}
