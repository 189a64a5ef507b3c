//! A file that holds one secret.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use clawlets_model::Secret;
use rustix::fs::{Mode, OFlags};
use thiserror::Error;
use zeroize::Zeroizing;

/// The longest secret, in bytes.
const MAX_LENGTH: u64 = 64 * 1024;

/// The path of a file that holds one secret. It is read each time that the value is needed, so a rotated secret is
/// used without a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretFile(PathBuf);

/// Why a secret could not be read. Never quotes the content.
#[derive(Debug, Error)]
pub enum SecretFileError {
    /// It cannot be opened or read.
    #[error("failed to read secret file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It can be read, but must not be used.
    #[error("secret file {} {fault}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
}

impl SecretFile {
    /// The secret in this file.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The value, without white space around it.
    ///
    /// # Errors
    /// [`SecretFileError`] when the file cannot be read, is no regular file, can be read or written by everybody, is
    /// empty, longer than 64 KiB, not UTF-8, or holds a NUL character.
    pub fn read(&self) -> Result<Secret<String>, SecretFileError> {
        let failed = |source| SecretFileError::Read { path: self.0.clone(), source };
        let unfit = |fault| SecretFileError::Unfit { path: self.0.clone(), fault };
        // Without O_NONBLOCK, opening a pipe would wait for a writer for ever.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::open(&self.0, flags, Mode::empty()).map_err(|error| failed(error.into()))?;
        let file = File::from(file);
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(unfit("is not a regular file"));
        }
        if metadata.mode() & 0o006 != 0 {
            return Err(unfit("can be read or written by everybody; run 'chmod o-rwx' on it"));
        }
        let mut content = Zeroizing::new(String::new());
        let read = file.take(MAX_LENGTH + 1).read_to_string(&mut content);
        match read {
            Ok(length) if length as u64 > MAX_LENGTH => return Err(unfit("is longer than 64 KiB")),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(unfit("is not UTF-8 text"));
            }
            Err(error) => return Err(failed(error)),
        }
        match content.trim() {
            "" => Err(unfit("is empty")),
            value if value.contains('\0') => Err(unfit("holds a NUL character")),
            value => Ok(Secret::from(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn file(content: &[u8], mode: u32) -> (tempfile::TempDir, SecretFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, SecretFile::new(path))
    }

    #[test]
    fn the_final_newline_is_not_part_of_the_secret() {
        let (_folder, secret) = file(b"sk-123\n", 0o640);
        assert_eq!(secret.read().unwrap().expose(), "sk-123");
    }

    #[test]
    fn a_file_that_must_not_be_used_is_refused_without_quoting_it() {
        let long = vec![b'x'; 64 * 1024 + 1];
        for (content, mode, expected) in [
            (&b"sk-123"[..], 0o644, "everybody"),
            (b"sk-123", 0o602, "everybody"),
            (b" \n", 0o600, "empty"),
            (b"sk-\xff123", 0o600, "UTF-8"),
            (b"sk-\0", 0o600, "NUL"),
            (&long, 0o600, "64 KiB"),
        ] {
            let (_folder, secret) = file(content, mode);
            let message = secret.read().unwrap_err().to_string();
            assert!(message.contains(expected) && !message.contains("sk-"), "{message}");
        }
    }

    #[test]
    fn a_folder_is_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        assert!(SecretFile::new(folder.path().to_owned()).read().is_err());
    }
}
