//! The folder of bundles, and who has which.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use clawlets_release::{
    bundle::Bundle,
    value::{Sha256Digest, StorePath},
};

use super::{
    InstallError,
    unpack::{check_sealed, unpack},
};
use crate::{nix::point, records};

const BUNDLES: &str = "bundles";
const SYSTEMS: &str = "systems";
const INSTALLED: &str = "installed";

/// The bundles of this host.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// The bundles in a folder.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Whether this bundle is here.
    #[must_use]
    pub fn has(&self, digest: Sha256Digest) -> bool {
        self.bundle(digest).is_dir()
    }

    /// The folder of a bundle.
    #[must_use]
    pub fn bundle(&self, digest: Sha256Digest) -> PathBuf {
        self.folder.join(BUNDLES).join(digest.to_string())
    }

    /// Verifies a bundle and puts it on the shelf. How many secrets it holds.
    ///
    /// # Errors
    /// [`InstallError`] when it is not the one that was announced, holds what it must not, or cannot be written.
    pub fn install(&self, bytes: &[u8], expected: Sha256Digest) -> Result<usize, InstallError> {
        let found = Sha256Digest::of(bytes);
        if found != expected {
            return Err(InstallError::OtherBytes { expected, found });
        }
        let bundle = Bundle::parse(bytes)?;
        check_sealed(&bundle)?;
        let path = self.bundle(expected);
        let _lock = self.lock()?;
        unpack(&bundle, &path).map_err(|source| InstallError::Write { path, source })?;
        Ok(bundle.files().len())
    }

    /// Notes that a bundle was installed by hand: it stays until another one is, since its release is yet to come.
    ///
    /// # Errors
    /// [`InstallError::Write`].
    pub fn note_installed(&self, digest: Sha256Digest) -> Result<(), InstallError> {
        let path = self.folder.join(INSTALLED);
        let target = Path::new(BUNDLES).join(digest.to_string());
        point(&path, &target).map_err(|source| InstallError::Write { path, source })
    }

    /// Notes that a bundle belongs to a system.
    ///
    /// # Errors
    /// [`InstallError::Write`].
    pub fn assign(&self, system: &StorePath, digest: Sha256Digest) -> Result<(), InstallError> {
        let path = self.link(system);
        let _lock = self.lock()?;
        let write = || {
            records::make_folder(&self.folder.join(SYSTEMS))?;
            point(&path, &Path::new("..").join(BUNDLES).join(digest.to_string()))
        };
        write().map_err(|source| InstallError::Write { path: path.clone(), source })
    }

    /// The bundle that belongs to a system, if it has one.
    #[must_use]
    pub fn of(&self, system: &StorePath) -> Option<Sha256Digest> {
        digest_behind(&self.link(system))
    }

    /// The bundle that was installed by hand last, if one was.
    #[must_use]
    pub fn installed(&self) -> Option<Sha256Digest> {
        digest_behind(&self.folder.join(INSTALLED))
    }

    /// Removes what belongs to no system of `kept` and was not the last to be installed by hand.
    ///
    /// # Errors
    /// [`InstallError::Write`] when something cannot be removed.
    pub fn prune(&self, kept: &[StorePath]) -> Result<(), InstallError> {
        let _lock = self.lock()?;
        self.prune_all(kept).map_err(|source| InstallError::Write { path: self.folder.clone(), source })
    }

    fn prune_all(&self, kept: &[StorePath]) -> io::Result<()> {
        let links: Vec<_> = kept.iter().map(|system| self.link(system)).collect();
        for link in entries(&self.folder.join(SYSTEMS))? {
            if !links.contains(&link) {
                fs::remove_file(link)?;
            }
        }
        let mut wanted: Vec<_> = links.iter().filter_map(|link| digest_behind(link)).collect();
        wanted.extend(self.installed());
        for bundle in entries(&self.folder.join(BUNDLES))? {
            let name = bundle.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            // What has no digest for a name was being written when the power went.
            if Sha256Digest::parse(name).is_ok_and(|digest| wanted.contains(&digest)) {
                continue;
            }
            fs::remove_dir_all(bundle)?;
        }
        Ok(())
    }

    fn link(&self, system: &StorePath) -> PathBuf {
        let name = Path::new(system.as_str()).file_name().unwrap_or_default();
        self.folder.join(SYSTEMS).join(name)
    }

    /// Held while bundles come and go, or are read.
    pub(super) fn lock(&self) -> Result<File, InstallError> {
        let path = self.folder.join("lock");
        let open = || {
            records::make_folder(&self.folder)?;
            let file = File::options().create(true).truncate(false).write(true).open(&path)?;
            file.lock().map(|()| file)
        };
        open().map_err(|source| InstallError::Write { path: path.clone(), source })
    }
}

fn digest_behind(link: &Path) -> Option<Sha256Digest> {
    let target = fs::read_link(link).ok()?;
    Sha256Digest::parse(target.file_name()?.to_str()?).ok()
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
