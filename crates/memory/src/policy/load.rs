//! From the file to the policy.

use std::{
    fs::File,
    io::{self, Read},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use clawlets_model::document::suggest;
use thiserror::Error;

use super::Policy;

/// A policy is read up to this size, in bytes.
const LIMIT: u64 = 64 << 10;

/// Why a policy cannot be followed.
#[derive(Debug, Error)]
pub enum PolicyError {
    /// The file cannot be read.
    #[error("failed to read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Somebody else than root could have written it.
    #[error("{} is not root's alone: user {uid}, mode {mode:04o}", path.display())]
    NotRoots {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        uid: u32,
        /// Its mode.
        mode: u32,
    },
    /// A key or a value is wrong.
    #[error("{}: {message}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its place.
        message: String,
        /// The known key that was probably meant.
        suggestion: Option<String>,
    },
}

impl Policy {
    /// Reads the file at `path`; the defaults if there is none. The file must belong to root, and nobody else may write
    /// to it, since it says what others must not do.
    ///
    /// # Errors
    /// [`PolicyError`] names the file and what is wrong with it.
    pub fn load(path: &Path) -> Result<Self, PolicyError> {
        let unreadable = |source| PolicyError::Unreadable { path: path.to_owned(), source };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(error)),
        };
        let found = file.metadata().map_err(unreadable)?;
        if found.uid() != 0 || found.mode() & 0o022 != 0 || !found.is_file() {
            let (uid, mode) = (found.uid(), found.mode() & 0o7777);
            return Err(PolicyError::NotRoots { path: path.to_owned(), uid, mode });
        }
        let mut text = String::new();
        file.take(LIMIT).read_to_string(&mut text).map_err(unreadable)?;
        Self::parse(&text).map_err(|(message, suggestion)| PolicyError::Invalid {
            path: path.to_owned(),
            message,
            suggestion,
        })
    }

    /// Reads the document; what is wrong with it, and the known key that was probably meant, otherwise.
    fn parse(text: &str) -> Result<Self, (String, Option<String>)> {
        let described = |key: String, error: &toml::de::Error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            let message = error.message().trim().replace('\n', ", ");
            let suggestion = suggest(&message);
            let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
            let key = if key.is_empty() || key == "." { key } else { format!("{key}: ") };
            (format!("{line}{}{message}", key.trim_start_matches('.')), suggestion)
        };
        let deserializer =
            toml::de::Deserializer::parse(text).map_err(|error| described(String::new(), &error))?;
        serde_path_to_error::deserialize(deserializer)
            .map_err(|error| described(error.path().to_string(), error.inner()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest_known_one() {
        let (message, suggestion) = Policy::parse("root = '/m'\nprotcted = []\n").unwrap_err();
        assert!(message.starts_with("line 2: ") && message.contains("protcted"), "{message}");
        assert_eq!(suggestion.as_deref(), Some("protected"));
    }

    #[test]
    fn a_policy_that_others_could_have_written_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("memory.toml");
        assert_eq!(Policy::load(&path).unwrap(), Policy::default());
        fs::write(&path, "root = '/elsewhere'").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        assert!(matches!(Policy::load(&path), Err(PolicyError::NotRoots { mode: 0o666, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        if rustix::process::geteuid().is_root() {
            assert_eq!(Policy::load(&path).unwrap().root, Path::new("/elsewhere"));
        }
    }
}
