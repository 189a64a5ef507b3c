//! The keys that open files.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_printer::{Fault, FaultCode};
use clawlets_secrets::{
    AgeIdentity,
    project::{Layout, read_private},
};

use super::fault::{of_file, of_key};
use crate::env_file::{Key, Settings};

/// The flag of verbs that decrypt.
#[derive(Debug, Clone, Args)]
pub(super) struct KeyFlag {
    /// The file with your age key [default: SOPS_AGE_KEY_FILE, else the keys in .clawlets/keys/operators].
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    age_key_file: Option<PathBuf>,
}

impl KeyFlag {
    /// The keys at hand; `layout` is that of the project around, if there is one.
    ///
    /// # Errors
    /// A fault when a key file cannot be used, or is open to others.
    pub(super) fn identities(&self, layout: Option<&Layout>) -> Result<Vec<AgeIdentity>, Fault> {
        if let Some(path) = &self.age_key_file {
            return read(path);
        }
        let Some(layout) = layout else {
            let named = std::env::var_os(Key::SopsAgeKeyFile.name()).filter(|path| !path.is_empty());
            return named.map_or_else(|| Ok(Vec::new()), |path| read(Path::new(&path)));
        };
        match Settings::load(&layout.runtime())?.get(Key::SopsAgeKeyFile) {
            Some((_, path)) => read(Path::new(path.expose())),
            None => of_operators(layout),
        }
    }

    /// The keys at hand, of which there must be one.
    ///
    /// # Errors
    /// As [`Self::identities`], and when there is none.
    pub(super) fn need(&self, layout: Option<&Layout>) -> Result<Vec<AgeIdentity>, Fault> {
        let identities = self.identities(layout)?;
        if identities.is_empty() {
            return Err(Fault::new(FaultCode::SecretsNoKey, "there is no age key to decrypt with")
                .hint("name one with --age-key-file or SOPS_AGE_KEY_FILE; 'clawlets secrets init' makes one for a new project"));
        }
        Ok(identities)
    }
}

/// The keys that verbs use in a project when no flag names any.
///
/// # Errors
/// A fault when a key file cannot be used, or is open to others.
pub(crate) fn keys_at_hand(layout: &Layout) -> Result<Vec<AgeIdentity>, Fault> {
    KeyFlag { age_key_file: None }.identities(Some(layout))
}

fn read(path: &Path) -> Result<Vec<AgeIdentity>, Fault> {
    let text = read_private(path).map_err(|error| of_file(&error))?;
    AgeIdentity::parse_file(text.expose()).map_err(|error| of_key(path, &error))
}

/// Every key in the folder of operators' keys, by name.
fn of_operators(layout: &Layout) -> Result<Vec<AgeIdentity>, Fault> {
    let folder = layout.operator_keys();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(
                Fault::new(FaultCode::Io, format!("failed to read {}", folder.display())).because(&error)
            );
        }
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "agekey"));
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        found.extend(read(&path)?);
    }
    Ok(found)
}
