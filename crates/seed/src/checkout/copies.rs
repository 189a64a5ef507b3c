//! The folder of copies.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use super::{CheckoutError, Outcome, Standing, existing, fresh};
use crate::{git::Git, repos::RepoSeed, snapshot::Snapshot};

/// The file whose lock says that somebody works on the copies.
const LOCK: &str = ".clawlets-lock";
/// How the folders begin in which copies come to be.
pub(super) const UNFINISHED: &str = ".clawlets-new-";

/// The folder of copies, for one who works on it: others wait or go away.
#[derive(Debug)]
pub struct Copies {
    root: PathBuf,
    _lock: File,
}

impl Copies {
    /// Makes the folder if it is not there, and clears away what was begun and never finished.
    ///
    /// # Errors
    /// [`CheckoutError::Busy`] when somebody else works on it.
    pub fn open(root: &Path) -> Result<Self, CheckoutError> {
        fs::create_dir_all(root).map_err(io("make the folder", root))?;
        let path = root.join(LOCK);
        let lock = File::options().create(true).truncate(false).write(true).open(&path);
        let lock = lock.map_err(io("open", &path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CheckoutError::Busy(root.to_owned())),
            Err(TryLockError::Error(error)) => return Err(io("lock", &path)(error)),
        }
        for entry in fs::read_dir(root).map_err(io("read", root))? {
            let entry = entry.map_err(io("read", root))?;
            if entry.file_name().to_str().is_some_and(|name| name.starts_with(UNFINISHED)) {
                fs::remove_dir_all(entry.path()).map_err(io("remove", &entry.path()))?;
            }
        }
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    /// What would be done about a repository. Nothing is changed, and nobody is asked.
    ///
    /// # Errors
    /// [`CheckoutError`].
    pub fn look(root: &Path, git: &Git, seed: &RepoSeed) -> Result<Standing, CheckoutError> {
        let path = root.join(seed.name.as_str());
        if path.symlink_metadata().is_err() {
            return Ok(Standing::Missing);
        }
        Ok(match existing::look(git, &path, seed)? {
            Ok(copy) => Standing::Unchanged(copy.head),
            Err(reason) => Standing::LeftAlone(reason),
        })
    }

    /// Makes the copy of a repository, from the snapshot where that has it, or moves it forward. One from a snapshot is
    /// there also while its remote cannot be reached.
    ///
    /// # Errors
    /// [`CheckoutError`]; what was there before is still there, then.
    pub fn bring(
        &self,
        git: &Git,
        seed: &RepoSeed,
        snapshot: Option<&Snapshot>,
    ) -> Result<Outcome, CheckoutError> {
        let path = self.root.join(seed.name.as_str());
        if path.symlink_metadata().is_ok() {
            existing::finish(git, &path)?;
            return match existing::look(git, &path, seed)? {
                Ok(copy) => existing::forward(git, &path, seed, &copy),
                Err(reason) => Ok(Outcome::LeftAlone(reason)),
            };
        }
        match snapshot.filter(|snapshot| snapshot.holds(&seed.name)) {
            Some(snapshot) => {
                let commit = fresh::restored(git, &self.root, seed, snapshot)?;
                // It may be old. What cannot be reached now is reached the next time.
                Ok(Outcome::Restored(match existing::look(git, &path, seed)? {
                    Ok(copy) => match existing::forward(git, &path, seed, &copy) {
                        Ok(Outcome::Updated { to, .. }) => to,
                        Ok(_) | Err(_) => commit,
                    },
                    Err(_) => commit,
                }))
            }
            None => fresh::cloned(git, &self.root, seed).map(Outcome::Cloned),
        }
    }
}

/// The error of a file or folder.
pub(super) fn io<'a>(tried: &'static str, path: &'a Path) -> impl Fn(std::io::Error) -> CheckoutError + 'a {
    move |source| CheckoutError::Io { tried, path: path.to_owned(), source }
}
