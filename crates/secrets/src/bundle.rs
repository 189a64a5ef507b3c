//! The secrets of one host as one file: the same input gives the same bytes on every machine, so a digest names it.
//!
//! A tar archive (ustar, flat, sorted, mode 0400, nobody's, without times) inside of a gzip frame without name or time.
//! The frame stores and does not compress: ciphertext gains little from compression, and the output of a compressor
//! changes from release to release, which would change the digest of secrets that did not change.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::sops::{Sealed, SopsError};

/// A folder that cannot become a bundle.
#[derive(Debug, Error)]
pub enum BundleError {
    /// The folder or a file in it cannot be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// What was read.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something is in the folder that does not belong into a bundle.
    #[error("{} is {what}; a bundle holds only *.yaml files", path.display())]
    Foreign {
        /// What it is called.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// A file is not encrypted, or damaged.
    #[error("{} cannot go into a bundle", path.display())]
    NotSealed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SopsError,
    },
    /// The archive could not be written.
    #[error("failed to write the archive")]
    Write(#[source] io::Error),
}

/// The bytes of a bundle and their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The archive.
    pub bytes: Vec<u8>,
    /// Its SHA-256, as 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// The names of the files in it, sorted.
    pub names: Vec<String>,
}

impl Bundle {
    /// The bundle of a folder of encrypted files. Every file is looked at: nothing readable leaves the folder.
    ///
    /// # Errors
    /// [`BundleError`] for a symbolic link, a folder, another kind of file, or one that is not encrypted.
    pub fn of_folder(folder: &Path) -> Result<Self, BundleError> {
        let read = |path: &Path, source| BundleError::Read { path: path.to_owned(), source };
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(|source| read(folder, source))? {
            let entry = entry.map_err(|source| read(folder, source))?;
            let path = entry.path();
            let foreign = |what| BundleError::Foreign { path: path.clone(), what };
            let kind = entry.file_type().map_err(|source| read(&path, source))?;
            if kind.is_symlink() {
                return Err(foreign("a symbolic link"));
            }
            if !kind.is_file() {
                return Err(foreign("no regular file"));
            }
            let name = entry.file_name().into_string().map_err(|_| foreign("not named in UTF-8"))?;
            if !name.ends_with(".yaml") || name.starts_with('.') {
                return Err(foreign("no *.yaml file"));
            }
            let bytes = fs::read(&path).map_err(|source| read(&path, source))?;
            let text = String::from_utf8(bytes).map_err(|_| foreign("no text"))?;
            let sealed = Sealed::parse(&text).and_then(|sealed| sealed.check_sealed());
            sealed.map_err(|source| BundleError::NotSealed { path, source })?;
            files.insert(name, text.into_bytes());
        }
        Self::of_files(&files).map_err(BundleError::Write)
    }

    fn of_files(files: &BTreeMap<String, Vec<u8>>) -> io::Result<Self> {
        let mut archive = tar::Builder::new(Vec::new());
        archive.mode(tar::HeaderMode::Deterministic);
        for (name, bytes) in files {
            let mut header = tar::Header::new_ustar();
            header.set_path(name)?;
            header.set_size(bytes.len() as u64);
            header.set_mode(0o400);
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(0);
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            archive.append(&header, bytes.as_slice())?;
        }
        let bytes = stored_gzip(&archive.into_inner()?);
        let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { bytes, sha256, names: files.keys().cloned().collect() })
    }
}

/// A gzip frame that holds the bytes as they are.
fn stored_gzip(bytes: &[u8]) -> Vec<u8> {
    const LARGEST_BLOCK: usize = 0xffff;
    // Magic, method deflate, no flags, no time, no hint about the compressor, no system.
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut blocks = bytes.chunks(LARGEST_BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out.extend(crc32(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// The checksum of gzip, bit by bit: a bundle has some ten thousand bytes.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    !bytes.iter().fold(!0, |crc: u32, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_give_the_same_bytes_for_ever() {
        let files = [("b.yaml", "b: 2\n".repeat(20_000)), ("a.yaml", "a: 1\n".to_owned())];
        let files = files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
        let bundle = Bundle::of_files(&files).unwrap();
        assert_eq!(bundle.names, ["a.yaml", "b.yaml"]);
        assert_eq!(bundle.sha256, "d5cb85b278eec630a66dc0101655514bb68e46cb2c45ef74c20029adbfd045b2");
        let none = Bundle::of_files(&BTreeMap::new()).unwrap();
        assert_eq!(
            (none.bytes.len(), none.sha256.as_str()),
            (1024 + 23, "b08193cf43a91db41bab4fe3cb9221c8e3ab5ecc9c6ece59e4990c7da59a13fc")
        );
    }
}
