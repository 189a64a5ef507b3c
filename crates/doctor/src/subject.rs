//! What is examined.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clawlets_fleet::{Fleet, InvalidFleet, Loaded};

/// Where a project declares its fleet, from its root.
pub(crate) const FLEET: &str = "fleet/clawlets.json";

/// A project, and what the caller knows of the machine around it.
pub struct Subject<'a> {
    /// The root of the project.
    pub root: PathBuf,
    /// Finds a program on the operator's path.
    pub tool: &'a (dyn Fn(&str) -> Option<PathBuf> + Sync),
    /// Whether a variable such as `HCLOUD_TOKEN` has a value, in the environment or in `.clawlets/env`.
    pub setting: &'a (dyn Fn(&str) -> Presence + Sync),
    /// The orchestrator's socket.
    pub socket: PathBuf,
    /// The operator's home, for paths that begin with `~/`.
    pub home: Option<PathBuf>,
    fleet: Declaration,
}

/// Whether something has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It has.
    Set,
    /// It has not, or an empty one.
    Unset,
}

/// How reading the declaration went.
pub(crate) enum Declaration {
    Valid(Box<Loaded>),
    Invalid(InvalidFleet),
    Unreadable(io::Error),
}

impl<'a> Subject<'a> {
    /// A project with the declaration that it has now.
    #[must_use]
    pub fn new(
        root: PathBuf,
        tool: &'a (dyn Fn(&str) -> Option<PathBuf> + Sync),
        setting: &'a (dyn Fn(&str) -> Presence + Sync),
        socket: PathBuf,
        home: Option<PathBuf>,
    ) -> Self {
        let fleet = match fs::read(root.join(FLEET)) {
            Err(error) => Declaration::Unreadable(error),
            Ok(bytes) => match Fleet::read_bytes(&bytes) {
                Ok(loaded) => Declaration::Valid(Box::new(loaded)),
                Err(invalid) => Declaration::Invalid(invalid),
            },
        };
        Self { root, tool, setting, socket, home, fleet }
    }

    pub(crate) fn declaration(&self) -> &Declaration {
        &self.fleet
    }

    /// The fleet, if its declaration is valid. When it is not, one check says so and the others have nothing to say.
    pub(crate) fn fleet(&self) -> Option<&Fleet> {
        match &self.fleet {
            Declaration::Valid(loaded) => Some(&loaded.fleet),
            Declaration::Invalid(_) | Declaration::Unreadable(_) => None,
        }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    pub(crate) fn has_tool(&self, name: &str) -> bool {
        (self.tool)(name).is_some()
    }

    pub(crate) fn is_set(&self, name: &str) -> bool {
        (self.setting)(name) == Presence::Set
    }

    /// A path that an operator wrote: `~/` is their home, and anything relative is below the root.
    pub(crate) fn operators_path(&self, text: &str) -> PathBuf {
        match (text.strip_prefix("~/"), &self.home) {
            (Some(below), Some(home)) => home.join(below),
            (Some(_) | None, _) => self.root.join(Path::new(text)),
        }
    }
}
