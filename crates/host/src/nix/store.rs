//! The store.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use clawlets_release::{update::Trouble, value::StorePath};

use super::error::{NixError, Unrealised, last_error, of_ended};
use crate::{Limits, config::Config, process};

/// The store of this host.
#[derive(Debug, Clone)]
pub struct Store {
    nix_store: Vec<String>,
    options: Vec<String>,
    root: PathBuf,
    deadline: Duration,
}

impl Store {
    /// The store that a configuration names.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let nix = &config.nix;
        let mut options = Vec::new();
        if nix.root != Path::new("/") {
            options.extend(["--store".to_owned(), nix.root.display().to_string()]);
        }
        // What the host trusts is what its configuration says, and no release can say otherwise. Nothing is built here.
        let ours = [
            ("substituters", config.cache.substituters.join(" ")),
            ("trusted-public-keys", config.cache.trusted_public_keys.join(" ")),
            ("require-sigs", "true".to_owned()),
            ("fallback", "false".to_owned()),
            ("max-jobs", "0".to_owned()),
            ("builders", String::new()),
        ];
        let theirs = nix.options.iter().map(|(name, value)| (name.as_str(), value.clone()));
        for (name, value) in theirs.chain(ours) {
            options.extend(["--option".to_owned(), name.to_owned(), value]);
        }
        Self {
            nix_store: nix.nix_store.clone(),
            options,
            root: nix.root.clone(),
            deadline: nix.deadline.duration(),
        }
    }

    /// Where a path of the store lies on this host.
    #[must_use]
    pub fn place(&self, path: &StorePath) -> PathBuf {
        self.root.join(path.as_str().trim_start_matches('/'))
    }

    /// Brings all parts of a system into the store, from the host's own caches, their signatures checked.
    ///
    /// # Errors
    /// [`Unrealised`], with what Nix said.
    pub fn realise(&self, system: &StorePath, limits: &Limits<'_>) -> Result<(), Unrealised> {
        let mut command = self.command().map_err(NixError::from)?;
        command.args(["--realise", system.as_str()]);
        let ended = process::run_within(&mut command, self.deadline, limits).map_err(NixError::from)?;
        if ended.status.success() {
            return Ok(());
        }
        Err(Unrealised { error: of_ended(&ended).into(), said: last_error(&ended.talk) })
    }

    /// Whether all bytes of a path are those that the store has on record.
    ///
    /// # Errors
    /// [`NixError`].
    pub fn verify(&self, system: &StorePath, limits: &Limits<'_>) -> Result<bool, NixError> {
        let mut command = self.command()?;
        command.args(["--verify-path", system.as_str()]);
        Ok(process::run_within(&mut command, self.deadline, limits)?.status.success())
    }

    fn command(&self) -> Result<Command, Trouble> {
        let mut command = process::command(&self.nix_store).map_err(|_| Trouble::Other)?;
        command.args(&self.options);
        Ok(command)
    }
}
