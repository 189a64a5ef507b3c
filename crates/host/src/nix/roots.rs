//! The roots that hold our releases: links which Nix' garbage collector follows.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use clawlets_release::value::{Sha256Digest, StorePath};

use super::profile::system_behind;
use crate::records::make_folder;

const GOOD: &str = "good";
const PREVIOUS: &str = "previous";
const RELEASE: &str = "release-";

/// The folder of roots.
#[derive(Debug, Clone)]
pub struct Roots {
    folder: PathBuf,
}

impl Roots {
    /// The roots in a folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Holds a release that is being applied. The root may stand before the path does, so that there is no moment in
    /// which the path stands without it.
    ///
    /// # Errors
    /// When the link cannot be written.
    pub fn hold(&self, manifest: Sha256Digest, system: &StorePath) -> io::Result<()> {
        self.set(&format!("{RELEASE}{manifest}"), system)
    }

    /// Holds the last good system; the one before it stays held, too.
    ///
    /// # Errors
    /// When a link cannot be written.
    pub fn hold_good(&self, system: &StorePath) -> io::Result<()> {
        match self.good() {
            Some(good) if good == *system => return Ok(()),
            Some(good) => self.set(PREVIOUS, &good)?,
            None => {}
        }
        self.set(GOOD, system)
    }

    /// The last good system, as it is held.
    #[must_use]
    pub fn good(&self) -> Option<StorePath> {
        system_behind(&self.folder.join(GOOD))
    }

    /// The good one before it.
    #[must_use]
    pub fn previous(&self) -> Option<StorePath> {
        system_behind(&self.folder.join(PREVIOUS))
    }

    /// Lets go of every release that is not one of `kept`.
    ///
    /// # Errors
    /// When a link cannot be removed.
    pub fn prune(&self, kept: &[StorePath]) -> io::Result<()> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let is_release = entry.file_name().to_str().is_some_and(|name| name.starts_with(RELEASE));
            if is_release && system_behind(&entry.path()).is_none_or(|system| !kept.contains(&system)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn set(&self, name: &str, system: &StorePath) -> io::Result<()> {
        make_folder(&self.folder)?;
        point(&self.folder.join(name), Path::new(system.as_str()))
    }
}

/// Makes a link lead elsewhere, in one go.
pub(crate) fn point(link: &Path, target: &Path) -> io::Result<()> {
    if fs::read_link(link).is_ok_and(|found| found == target) {
        return Ok(());
    }
    let folder = link.parent().ok_or_else(|| io::Error::other("a link lies in a folder"))?;
    let name = link.file_name().and_then(|name| name.to_str()).unwrap_or("link");
    let new = folder.join(format!(".new-{name}"));
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    symlink(target, &new)?;
    fs::rename(&new, link)?;
    fs::File::open(folder)?.sync_all()
}
