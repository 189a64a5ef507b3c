//! What the doctor is told of the machine.

use std::{
    ffi::OsString,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use clawlets_doctor::{Presence, Subject};
use clawlets_job_client::DEFAULT_SOCKET;
use clawlets_printer::Printer;
use clawlets_verbs::environment::{CLF_SOCKET, HOME};

use crate::{
    env_file::{Key, Settings},
    fleet_file::Project,
};

/// The programs and settings of the operator, and the project.
pub(super) struct Machine {
    root: PathBuf,
    settings: Option<Settings>,
}

impl Machine {
    /// The machine around a project. A file of settings that cannot be used is said so and counts as empty; the doctor
    /// has a check of its own for its mode.
    pub(super) fn around(project: &Project, printer: &Printer) -> Self {
        let settings = match Settings::load(&project.runtime()) {
            Ok(settings) => Some(settings),
            Err(fault) => {
                printer.warn(fault.message());
                None
            }
        };
        Self { root: project.root().to_owned(), settings }
    }

    /// Calls a function with the subject to examine.
    pub(super) fn with_subject<T>(&self, call: impl FnOnce(&Subject<'_>) -> T) -> T {
        let socket = std::env::var_os(CLF_SOCKET.name).unwrap_or_else(|| DEFAULT_SOCKET.into());
        let home = std::env::var_os(HOME.name).map(PathBuf::from);
        let tool = |name: &str| self.tool(name);
        let setting = |name: &str| self.presence(name);
        call(&Subject::new(self.root.clone(), &tool, &setting, socket.into(), home))
    }

    fn presence(&self, name: &str) -> Presence {
        let known = Key::ALL.into_iter().find(|key| key.name() == name);
        let is_set = match (known, &self.settings) {
            (Some(key), Some(settings)) => settings.get(key).is_some(),
            (Some(_), None) | (None, _) => std::env::var_os(name).is_some_and(|value| !value.is_empty()),
        };
        if is_set { Presence::Set } else { Presence::Unset }
    }

    /// A program: the one that is set for nix, or the first of its name on the path.
    fn tool(&self, name: &str) -> Option<PathBuf> {
        let set = self.settings.as_ref().and_then(|settings| settings.get(Key::NixBin));
        let nix = set.map(|(_, path)| PathBuf::from(path.expose()));
        let beside = nix.filter(|_| name.starts_with("nix"));
        let beside =
            beside.and_then(|nix| if name == "nix" { Some(nix) } else { Some(nix.parent()?.join(name)) });
        let path: OsString = std::env::var_os("PATH").unwrap_or_default();
        let on_path = std::env::split_paths(&path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(name));
        beside.into_iter().chain(on_path).find(|program| is_program(program))
    }
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
