//! Profiles: what the boot entries are made of.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use clawlets_release::{update::Trouble, value::StorePath};

use super::error::{NixError, of_ended};
use crate::{Limits, config::Nix, process};

/// A profile changes quickly or not at all.
const LIMIT: Duration = Duration::from_secs(120);

/// One profile.
#[derive(Debug, Clone)]
pub struct Profile {
    nix_env: Vec<String>,
    root: PathBuf,
    path: PathBuf,
}

impl Profile {
    /// The profile at `path`, of the host that is described by `nix`.
    #[must_use]
    pub fn at(path: &Path, nix: &Nix) -> Self {
        Self { nix_env: nix.nix_env.clone(), root: nix.root.clone(), path: path.to_owned() }
    }

    /// The system that it leads to, if any.
    #[must_use]
    pub fn system(&self) -> Option<StorePath> {
        system_behind(&self.path)
    }

    /// The number of its generation, if it has one.
    #[must_use]
    pub fn generation(&self) -> Option<u64> {
        let link = fs::read_link(&self.path).ok()?;
        let name = self.path.file_name()?.to_str()?;
        link.file_name()?.to_str()?.strip_prefix(name)?.strip_prefix('-')?.strip_suffix("-link")?.parse().ok()
    }

    /// Makes it lead to a system. One that does already is left alone.
    ///
    /// # Errors
    /// [`NixError`].
    pub fn set(&self, system: &StorePath, limits: &Limits<'_>) -> Result<(), NixError> {
        if self.system().as_ref() == Some(system) {
            return Ok(());
        }
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(|error| super::error::of_io(&error))?;
        }
        let mut command = process::command(&self.nix_env).map_err(|_| Trouble::Other)?;
        if self.root != Path::new("/") {
            command.arg("--store").arg(&self.root);
        }
        command.args(["--option", "max-jobs", "0", "--option", "substitute", "false", "-p"]);
        command.arg(&self.path).args(["--set", system.as_str()]);
        let ended = process::run_within(&mut command, LIMIT, limits)?;
        if !ended.status.success() {
            return Err(of_ended(&ended).into());
        }
        if self.system().as_ref() != Some(system) {
            return Err(Trouble::Other.into());
        }
        // Nix does not wait for the disk, and what follows counts on it.
        let folder = self.path.parent().unwrap_or(Path::new("/"));
        let synced = fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|error| super::error::of_io(&error).into())
    }

    /// Removes it with all its generations.
    ///
    /// # Errors
    /// When a link of it cannot be removed.
    pub fn remove(&self) -> io::Result<()> {
        let (Some(folder), Some(name)) =
            (self.path.parent(), self.path.file_name().and_then(|name| name.to_str()))
        else {
            return Ok(());
        };
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let entry_name = entry.file_name();
            let rest = entry_name.to_str().and_then(|entry| entry.strip_prefix(name));
            let is_generation = |rest: &str| rest.starts_with('-') && rest.ends_with("-link");
            if rest.is_some_and(|rest| rest.is_empty() || is_generation(rest)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// The system at the end of a chain of links. Where the store lies below another root, only the links' text is followed.
pub(crate) fn system_behind(link: &Path) -> Option<StorePath> {
    let mut path = link.to_owned();
    for _ in 0..8 {
        let target = fs::read_link(&path).ok()?;
        if let Some(found) = target.to_str().and_then(|text| StorePath::parse(text).ok()) {
            return Some(found);
        }
        path = path.parent()?.join(target);
    }
    None
}
