//! Reading and writing files of secrets: never through a symbolic link, never half.

use std::{
    fs::{self, File, Permissions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use clawlets_model::Secret;
use thiserror::Error;

use crate::sops::YamlError;

/// A file that cannot be read or written.
#[derive(Debug, Error)]
pub enum FileError {
    /// It does not exist.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// It is a symbolic link, a folder or something else.
    #[error("{} is no regular file", .0.display())]
    NotAFile(PathBuf),
    /// It is too large.
    #[error("{} has more than {} bytes", .0.display(), YamlError::MAX_BYTES)]
    TooLarge(PathBuf),
    /// It is no text.
    #[error("{} is no UTF-8 text", .0.display())]
    NotText(PathBuf),
    /// Others may read a private file.
    #[error("{} may be read by others (mode {mode:04o})", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The system refused to read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The system refused to write.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Reads a text file that is no symbolic link and not too large for a file of secrets.
///
/// # Errors
/// [`FileError`].
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let failed = |source: io::Error| {
        if source.kind() == io::ErrorKind::NotFound {
            return FileError::Missing(path.to_owned());
        }
        FileError::Read { path: path.to_owned(), source }
    };
    let metadata = path.symlink_metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(FileError::NotAFile(path.to_owned()));
    }
    let mut bytes = Vec::new();
    let limit = YamlError::MAX_BYTES as u64 + 1;
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() > YamlError::MAX_BYTES {
        return Err(FileError::TooLarge(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| FileError::NotText(path.to_owned()))
}

/// Reads a private file: like [`read_text`], and refused when group or others may read or write it.
///
/// # Errors
/// [`FileError`].
pub fn read_private(path: &Path) -> Result<Secret<String>, FileError> {
    let text = read_text(path).map(Secret::new)?;
    let metadata =
        path.symlink_metadata().map_err(|source| FileError::Read { path: path.to_owned(), source })?;
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(FileError::Exposed { path: path.to_owned(), mode });
    }
    Ok(text)
}

/// Makes a folder that only its owner may look into, and the folders above it as far as they are missing.
///
/// # Errors
/// [`FileError::Write`].
pub fn make_private_folder(path: &Path) -> Result<(), FileError> {
    let made =
        fs::create_dir_all(path).and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o700)));
    made.map_err(|source| FileError::Write { path: path.to_owned(), source })
}

/// Keeps a password that was made for a person where only that person reads it.
///
/// # Errors
/// As [`write_atomic`].
pub fn keep_password(path: &Path, password: &Secret<String>) -> Result<(), FileError> {
    path.parent().map_or(Ok(()), make_private_folder)?;
    let line = Secret::new(format!("{}\n", password.expose()));
    write_atomic(path, line.expose().as_bytes(), 0o600)
}

/// Replaces a file in one step, with exactly this mode: after a crash it holds the old bytes or the new ones. A
/// symbolic link in its place is refused.
///
/// # Errors
/// [`FileError::Write`], [`FileError::NotAFile`].
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    if path.symlink_metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(FileError::NotAFile(path.to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = || {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().set_permissions(Permissions::from_mode(mode))?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(|source| FileError::Write { path: path.to_owned(), source })
}
