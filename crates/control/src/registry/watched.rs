//! A file whose content is read again when it has changed.

use std::{
    fmt, fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A file and what it said last. Where a new content cannot be read, the old one stays: an editor that is half done
/// changes nothing.
pub struct Watched<T> {
    path: PathBuf,
    read: fn(&[u8]) -> Result<T, String>,
    kept: Mutex<(Stamp, Arc<T>)>,
}

/// What changes when a file is written or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl<T> Watched<T> {
    /// The file at this path, which is read now.
    ///
    /// # Errors
    /// In words, when it cannot be read or understood.
    pub fn open(path: &Path, read: fn(&[u8]) -> Result<T, String>) -> Result<Self, String> {
        let failed = |why: String| format!("{}: {why}", path.display());
        let stamp = stamp(path).map_err(|error| failed(error.to_string()))?;
        let value = load(path, read).map_err(failed)?;
        Ok(Self { path: path.to_owned(), read, kept: Mutex::new((stamp, Arc::new(value))) })
    }

    /// Something that stands in no file and never changes.
    #[must_use]
    pub fn fixed(value: T, read: fn(&[u8]) -> Result<T, String>) -> Self {
        let never = Stamp { inode: 0, length: 0, changed: (0, 0) };
        Self { path: PathBuf::new(), read, kept: Mutex::new((never, Arc::new(value))) }
    }

    /// What it says now.
    #[must_use]
    pub fn current(&self) -> Arc<T> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(now) = stamp(&self.path) else { return Arc::clone(&kept.1) };
        if now != kept.0 {
            match load(&self.path, self.read) {
                Ok(value) => *kept = (now, Arc::new(value)),
                Err(why) => {
                    tracing::warn!(file = %self.path.display(), why, "a changed file is not understood: the content of before holds");
                    kept.0 = now;
                }
            }
        }
        Arc::clone(&kept.1)
    }
}

fn load<T>(path: &Path, read: fn(&[u8]) -> Result<T, String>) -> Result<T, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    read(&bytes)
}

fn stamp(path: &Path) -> io::Result<Stamp> {
    let found = fs::metadata(path)?;
    if !found.is_file() || found.len() > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file of at most 4 MiB"));
    }
    Ok(Stamp { inode: found.ino(), length: found.len(), changed: (found.ctime(), found.ctime_nsec()) })
}

impl<T> fmt::Debug for Watched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(bytes: &[u8]) -> Result<u32, String> {
        std::str::from_utf8(bytes)
            .map_err(|e| e.to_string())?
            .trim()
            .parse()
            .map_err(|_| "no number".to_owned())
    }

    #[test]
    fn a_change_is_seen_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("number");
        assert!(Watched::open(&path, number).is_err());
        fs::write(&path, "7").unwrap();
        let watched = Watched::open(&path, number).unwrap();
        assert_eq!(*watched.current(), 7);
        fs::write(&path, "eighteen").unwrap();
        assert_eq!(*watched.current(), 7);
        fs::write(&path, "18").unwrap();
        assert_eq!(*watched.current(), 18);
        fs::remove_file(&path).unwrap();
        assert_eq!(*watched.current(), 18);
    }
}
