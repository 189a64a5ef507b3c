//! What is examined.

use std::{
    cell::OnceCell,
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_fleet::{Fleet, InvalidFleet, Loaded};

use crate::{
    machine::{Machine, Presence},
    secrets::Secrets,
};

/// A project on a machine.
pub struct Subject<'a> {
    pub(crate) root: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) runtime: PathBuf,
    pub(crate) machine: &'a dyn Machine,
    fleet: Declaration,
    secrets: OnceCell<Option<Secrets>>,
}

/// How reading the declaration went.
pub(crate) enum Declaration {
    Valid(Box<Loaded>),
    Invalid(InvalidFleet),
    Unreadable(io::Error),
}

/// Reads the declaration. What is no file of its own is edited by no verb, and a pipe would keep the reader waiting.
fn read(config: &Path) -> io::Result<Vec<u8>> {
    if !fs::symlink_metadata(config)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    fs::read(config)
}

impl<'a> Subject<'a> {
    /// A project with the declaration that it has now: its folder, the file that declares its fleet, and the folder of
    /// what is never committed.
    #[must_use]
    pub fn new(root: PathBuf, config: PathBuf, runtime: PathBuf, machine: &'a dyn Machine) -> Self {
        let fleet = match read(&config) {
            Err(error) => Declaration::Unreadable(error),
            Ok(bytes) => match Fleet::read_bytes(&bytes) {
                Ok(loaded) => Declaration::Valid(Box::new(loaded)),
                Err(invalid) => Declaration::Invalid(invalid),
            },
        };
        Self { root, config, runtime, machine, fleet, secrets: OnceCell::new() }
    }

    pub(crate) fn declaration(&self) -> &Declaration {
        &self.fleet
    }

    pub(crate) fn loaded(&self) -> Option<&Loaded> {
        match &self.fleet {
            Declaration::Valid(loaded) => Some(loaded),
            Declaration::Invalid(_) | Declaration::Unreadable(_) => None,
        }
    }

    /// The fleet, if its declaration is valid. When it is not, a check of each scope says so, and the others have nothing
    /// to say.
    pub(crate) fn fleet(&self) -> Option<&Fleet> {
        self.loaded().map(|loaded| &loaded.fleet)
    }

    /// The secrets, looked at once. None without a valid declaration, which says what there must be.
    pub(crate) fn secrets(&self) -> Option<&Secrets> {
        let look = || self.fleet().map(|fleet| Secrets::look(&self.root, fleet, self.machine.keys()));
        self.secrets.get_or_init(look).as_ref()
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// A path as people write it: from the root of the project, where it is in there.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    pub(crate) fn has_program(&self, name: &str) -> bool {
        self.machine.program(name).is_some()
    }

    pub(crate) fn is_set(&self, name: &str) -> bool {
        match self.machine.setting(name) {
            Presence::Set => true,
            Presence::Placeholder | Presence::Unset => false,
        }
    }

    /// A path that an operator wrote: `~/` is their home, and anything relative is below the root.
    pub(crate) fn operators_path(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), self.machine.home()) {
            (Some(below), Some(home)) => home.join(below),
            (Some(_) | None, _) => self.root.join(Path::new(text)),
        }
    }
}
