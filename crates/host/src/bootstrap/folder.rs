//! Bundles on the disk: each in a folder named by the hash of its manifest, there as a whole or not at all.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use clawlets_instance_bundle::{
    BundleFile, BundleName, Expected,
    object::{MANIFEST, SIGNATURE},
    secrets_in, verify,
};
use clawlets_release::value::Sha256Digest;
use sha2::{Digest, Sha256};

use super::BootError;
use crate::records;

/// How much of a bundle is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Everything.
    Whole,
    /// Its manifest: the rest was verified when it was brought in, and snapshots are large.
    Manifest,
}

/// The folder of bundles.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn new(state: &Path) -> Self {
        Self { path: state.join("bundles") }
    }

    /// Where a bundle lies.
    pub(super) fn of(&self, name: BundleName) -> PathBuf {
        self.path.join(name.manifest_sha256.to_string())
    }

    /// A folder for a bundle that is on its way. What was left of an earlier try is gone.
    pub(super) fn begin(&self, name: BundleName) -> Result<PathBuf, BootError> {
        let path = self.path.join(format!(".new-{}", name.manifest_sha256));
        let begin = || {
            if path.exists() {
                fs::remove_dir_all(&path)?;
            }
            records::make_folder(&path)
        };
        begin().map_err(file("prepare", &path))?;
        Ok(path)
    }

    /// Gives a bundle that is there as a whole its place.
    pub(super) fn settle(&self, begun: &Path, name: BundleName) -> Result<(), BootError> {
        let place = self.of(name);
        let settle = || {
            File::open(begun)?.sync_all()?;
            if place.exists() {
                fs::remove_dir_all(&place)?;
            }
            fs::rename(begun, &place)?;
            File::open(&self.path)?.sync_all()
        };
        settle().map_err(file("put in its place", &place))
    }

    /// Whether a bundle is there.
    pub(super) fn has(&self, name: BundleName) -> bool {
        self.of(name).is_dir()
    }

    /// Removes a bundle that is damaged, so that it is fetched again.
    pub(super) fn remove(&self, name: BundleName) {
        let _ = fs::remove_dir_all(self.of(name));
    }

    /// Verifies a bundle where it lies: signature, instance, version, every file by its hash, and what it holds.
    pub(super) fn verify(
        &self,
        name: BundleName,
        expected: &Expected<'_>,
        depth: Depth,
    ) -> Result<(), BootError> {
        let folder = self.of(name);
        let read = |part: &str| {
            let path = folder.join(part);
            fs::read(&path).map_err(file("read", &path))
        };
        let verified = verify(&read(MANIFEST)?, &read(SIGNATURE)?, expected).map_err(BootError::Refused)?;
        if depth == Depth::Manifest {
            return Ok(());
        }
        for (part, digest) in verified.manifest.known_files() {
            let path = folder.join(part.name());
            if sha256(&path).map_err(file("read", &path))? != digest {
                return Err(BootError::OtherBytes { file: part.name() });
            }
        }
        if verified.manifest.digest(BundleFile::Secrets).is_some() {
            secrets_in(&read(BundleFile::Secrets.name())?).map_err(BootError::Content)?;
        }
        Ok(())
    }

    /// Removes all bundles but these. What cannot be removed now is removed the next time.
    pub(super) fn keep_only(&self, kept: &[BundleName]) {
        let places: Vec<PathBuf> = kept.iter().map(|name| self.of(*name)).collect();
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        for path in entries.flatten().map(|entry| entry.path()).filter(|path| !places.contains(path)) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// The hash of a file that may be large.
fn sha256(path: &Path) -> io::Result<Sha256Digest> {
    let mut hash = Sha256::new();
    let mut file = File::open(path)?;
    let mut block = vec![0; 256 << 10];
    loop {
        match io::Read::read(&mut file, &mut block)? {
            0 => break,
            bytes => hash.update(&block[..bytes]),
        }
    }
    Ok(digest_of(&hash.finalize().into()))
}

pub(super) fn digest_of(bytes: &[u8; 32]) -> Sha256Digest {
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Sha256Digest::parse(&text).expect("32 bytes have 64 hexadecimal digits")
}

pub(super) fn file(action: &'static str, path: &Path) -> impl Fn(io::Error) -> BootError {
    let path = path.to_owned();
    move |source| BootError::File { action, path: path.clone(), source }
}
