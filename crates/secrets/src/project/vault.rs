//! The encrypted files of a project: reading one, writing one, and bringing all in line with the rules.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_model::{HostName, Secret, SecretName};
use jiff::Timestamp;
use thiserror::Error;

use super::{
    file::{FileError, read_text, write_atomic},
    layout::Layout,
    rules::{Rules, RulesError},
};
use crate::{
    AgeIdentity, AgeKeyError,
    sops::{Opened, Sealed, SopsError, Tree, seal},
};

/// How encrypted files are written: they are public.
const MODE: u32 = 0o644;

/// An encrypted file that cannot be read or written.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The file itself.
    #[error(transparent)]
    File(#[from] FileError),
    /// The rules.
    #[error("{} cannot be used", path.display())]
    Rules {
        /// The file of rules.
        path: PathBuf,
        /// What is wrong with it.
        source: RulesError,
    },
    /// What is in the file.
    #[error("{} cannot be used", path.display())]
    Sops {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SopsError,
    },
    /// The file does not hold the one value that it should.
    #[error("{} has no text under the key {key:?}", path.display())]
    NoValue {
        /// The file.
        path: PathBuf,
        /// The key that it should have.
        key: String,
    },
    /// A host's key file holds no key.
    #[error("{} holds no age key", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with the text.
        source: AgeKeyError,
    },
}

/// The encrypted files of a project, with the keys at hand.
#[derive(Debug)]
pub struct Vault {
    /// Where the files are.
    pub layout: Layout,
    /// Who each is encrypted to.
    pub rules: Rules,
    /// The keys that open them.
    pub identities: Vec<AgeIdentity>,
}

impl Vault {
    /// Opens the files of a project. Without a file of rules there are none.
    ///
    /// # Errors
    /// [`VaultError`] when the rules cannot be read.
    pub fn open(layout: Layout, identities: Vec<AgeIdentity>) -> Result<Self, VaultError> {
        let path = layout.rules();
        let rules = match read_text(&path) {
            Ok(text) => Rules::parse(&text).map_err(|source| VaultError::Rules { path, source })?,
            Err(FileError::Missing(_)) => Rules::default(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { layout, rules, identities })
    }

    /// Writes the rules.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn write_rules(&self) -> Result<(), FileError> {
        write_atomic(&self.layout.rules(), self.rules.render().as_bytes(), MODE)
    }

    /// Reads an encrypted file without decrypting it.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn sealed(&self, path: &Path) -> Result<Sealed, VaultError> {
        let text = read_text(path)?;
        Sealed::parse(&text).map_err(|source| VaultError::Sops { path: path.to_owned(), source })
    }

    /// Decrypts a file.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn opened(&self, path: &Path) -> Result<Opened, VaultError> {
        let opened = self.sealed(path)?.open(&self.identities);
        opened.map_err(|source| VaultError::Sops { path: path.to_owned(), source })
    }

    /// The one value of a file, which stands under `key`.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn value(&self, path: &Path, key: &str) -> Result<Secret<String>, VaultError> {
        let opened = self.opened(path)?;
        let scalar = opened.tree.scalar(&[key]);
        scalar
            .map(|scalar| scalar.text.clone())
            .ok_or_else(|| VaultError::NoValue { path: path.to_owned(), key: key.to_owned() })
    }

    /// Writes one value into a file of its own, for the readers of the rules. Comments and other keys of a file that is
    /// there are kept.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn set(
        &self,
        path: &Path,
        key: &str,
        value: &Secret<String>,
        now: Timestamp,
    ) -> Result<(), VaultError> {
        let mut tree = Tree::single(key, value);
        if path.symlink_metadata().is_ok() {
            let mut opened = self.opened(path)?;
            let node = tree.root.get(key).cloned().expect("it was put there above");
            opened.tree.root.set(key, node);
            return self.write_opened(path, &opened, now);
        }
        let text = seal(&tree, &self.recipients(path)?, now);
        tree.root.items.clear();
        let text = text.map_err(|source| VaultError::Sops { path: path.to_owned(), source })?;
        Ok(write_atomic(path, text.as_bytes(), MODE)?)
    }

    /// Encrypts what was opened anew, for the readers of the rules.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn write_opened(&self, path: &Path, opened: &Opened, now: Timestamp) -> Result<(), VaultError> {
        let text = opened
            .seal(&self.recipients(path)?, now)
            .map_err(|source| VaultError::Sops { path: path.to_owned(), source })?;
        Ok(write_atomic(path, text.as_bytes(), MODE)?)
    }

    /// Whether a file is encrypted to exactly the readers of the rules.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn is_aligned(&self, path: &Path) -> Result<bool, VaultError> {
        let mut wanted: Vec<String> =
            self.recipients(path)?.iter().map(|recipient| recipient.as_str().to_owned()).collect();
        let sealed = self.sealed(path)?;
        let mut found: Vec<String> = sealed.stanzas().iter().map(|stanza| stanza.recipient.clone()).collect();
        wanted.sort();
        wanted.dedup();
        found.sort();
        Ok(wanted == found)
    }

    /// Every encrypted file below `secrets/`, sorted.
    ///
    /// # Errors
    /// [`FileError`] when a folder cannot be read.
    pub fn files(&self) -> Result<Vec<PathBuf>, FileError> {
        let mut found = Vec::new();
        walk(&self.layout.secrets(), &mut found)?;
        found.sort();
        Ok(found)
    }

    /// The secrets that a host has a file of; files whose names are no secret's are left out.
    ///
    /// # Errors
    /// [`FileError`] when the folder cannot be read.
    pub fn secrets_of(&self, host: &HostName) -> Result<BTreeSet<SecretName>, FileError> {
        let folder = self.layout.host_folder(host);
        let mut found = Vec::new();
        walk(&folder, &mut found)?;
        let names = found
            .iter()
            .filter(|path| path.parent() == Some(&folder))
            .filter_map(|path| SecretName::parse(path.file_name()?.to_str()?.strip_suffix(".yaml")?).ok());
        Ok(names.collect())
    }

    /// A host's own key.
    ///
    /// # Errors
    /// [`VaultError`].
    pub fn host_identity(&self, host: &HostName) -> Result<AgeIdentity, VaultError> {
        let path = self.layout.host_key(host);
        let text = self.value(&path, super::HOST_KEY)?;
        let mut keys =
            AgeIdentity::parse_file(text.expose()).map_err(|source| VaultError::NoKey { path, source })?;
        Ok(keys.swap_remove(0))
    }

    fn recipients(&self, path: &Path) -> Result<Vec<crate::AgeRecipient>, VaultError> {
        let fault = |source| VaultError::Rules { path: self.layout.rules(), source };
        let Some(relative) = self.layout.in_rules(path) else {
            return Err(fault(RulesError::NoRule(path.display().to_string())));
        };
        self.rules.recipients(&relative).map_err(fault)
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), FileError> {
    let failed = |source| FileError::Read { path: folder.to_owned(), source };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        let path = entry.path();
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if kind.is_dir() {
            walk(&path, found)?;
        } else if !is_hidden && path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
    Ok(())
}
