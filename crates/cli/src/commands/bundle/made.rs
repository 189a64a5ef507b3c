//! A bundle that lies in a folder, signed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_instance_bundle::{
    BundleFile, BundleVersion, LARGEST_MANIFEST, Manifest,
    object::{MANIFEST, SIGNATURE},
    secrets_in,
};
use clawlets_model::HostName;
use clawlets_printer::{Fault, FaultCode};
use clawlets_release::{
    signature::{SecretKey, Signature},
    value::Sha256Digest,
};
use clawlets_secrets::project::write_atomic;
use serde::Serialize;

use super::{
    content::Content,
    digest::sha256,
    fault::{of_content, of_io},
};

/// A signed bundle, ready to be stored.
pub(super) struct Made {
    pub(super) manifest: Manifest,
    pub(super) manifest_bytes: Vec<u8>,
    pub(super) signature: Vec<u8>,
    files: Vec<(BundleFile, PathBuf, u64)>,
}

/// One file in what `--json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileRow {
    pub(super) name: &'static str,
    pub(super) sha256: Sha256Digest,
    pub(super) bytes: u64,
}

impl Made {
    /// Describes and signs what was packed.
    pub(super) fn of(
        content: &Content,
        host: &HostName,
        version: BundleVersion,
        key: &SecretKey,
    ) -> Result<Self, Fault> {
        let manifest = Manifest::new(host.clone(), version, content.digests.iter().copied());
        let manifest_bytes = manifest.to_bytes();
        let signature = key.sign(&manifest_bytes, &format!("{host}/{version}")).into_bytes();
        let files = content.digests.iter().map(|(file, _)| sized(*file, content.path(*file)));
        Ok(Self { manifest, manifest_bytes, signature, files: files.collect::<Result<_, _>>()? })
    }

    /// Reads a bundle that was built before. It must fit together, and hold what may travel.
    pub(super) fn in_folder(folder: &Path, host: &HostName) -> Result<Self, Fault> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).map_err(|error| of_io("read", &path, &error))
        };
        let refused = |message: String| Fault::new(FaultCode::BundleRefused, message);
        let (manifest_bytes, signature) = (read(MANIFEST)?, read(SIGNATURE)?);
        let at = folder.join(MANIFEST);
        let manifest =
            parse(&manifest_bytes).map_err(|fault| fault.hint(format!("it is {}", at.display())))?;
        Signature::parse(&signature)
            .map_err(|error| refused("the bundle is not signed".to_owned()).because(&error))?;
        if manifest.instance != *host {
            return Err(refused(format!("the bundle is for {}, and not for {host}", manifest.instance)));
        }
        let mut files = Vec::new();
        for (file, digest) in manifest.known_files() {
            let path = folder.join(file.name());
            if sha256(&path).map_err(|error| of_io("read", &path, &error))? != digest {
                return Err(refused(format!("{} is not the file that the manifest names", path.display())));
            }
            files.push(sized(file, path)?);
        }
        if manifest.digest(BundleFile::Secrets).is_some() {
            secrets_in(&read(BundleFile::Secrets.name())?).map_err(|error| of_content(&error))?;
        }
        Ok(Self { manifest, manifest_bytes, signature, files })
    }

    /// Writes it to a folder, the manifest last.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Fault> {
        fs::create_dir_all(folder).map_err(|error| of_io("make", folder, &error))?;
        for (file, from, _) in &self.files {
            let to = folder.join(file.name());
            let new = folder.join(format!(".new-{}", file.name()));
            let put = fs::copy(from, &new).and_then(|_| fs::rename(&new, &to));
            put.map_err(|error| of_io("write", &to, &error))?;
        }
        for (name, bytes) in [(SIGNATURE, &self.signature), (MANIFEST, &self.manifest_bytes)] {
            write_atomic(&folder.join(name), bytes, 0o644)
                .map_err(|error| Fault::new(FaultCode::Io, "failed to write the bundle").because(&error))?;
        }
        Ok(())
    }

    /// Where a file lies.
    pub(super) fn path(&self, file: BundleFile) -> &Path {
        let found = self.files.iter().find(|(known, _, _)| *known == file);
        found.map(|(_, path, _)| path.as_path()).expect("only files of this bundle are asked for")
    }

    /// The files as they are shown.
    pub(super) fn rows(&self) -> Vec<FileRow> {
        let row = |(file, _, bytes): &(BundleFile, PathBuf, u64)| {
            let sha256 = self.manifest.digest(*file)?;
            Some(FileRow { name: file.name(), sha256, bytes: *bytes })
        };
        self.files.iter().filter_map(row).collect()
    }
}

fn sized(file: BundleFile, path: PathBuf) -> Result<(BundleFile, PathBuf, u64), Fault> {
    let bytes = fs::metadata(&path).map_err(|error| of_io("read", &path, &error))?.len();
    if bytes > file.limit() {
        let message = format!("{file} has {bytes} bytes, and may have {}", file.limit());
        return Err(Fault::new(FaultCode::BundleRefused, message));
    }
    Ok((file, path, bytes))
}

/// Reads a manifest.
pub(super) fn parse(bytes: &[u8]) -> Result<Manifest, Fault> {
    Manifest::parse(&bytes[..bytes.len().min(LARGEST_MANIFEST + 1)])
        .map_err(|error| Fault::new(FaultCode::BundleRefused, "a manifest cannot be read").because(&error))
}
