//! Files with names of the earlier tool, and where they belong now.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use clawlets_printer::{Fault, FaultCode};
use rustix::fs::{CWD, RenameFlags, fsync, renameat_with};

use super::{
    Project,
    project::{CONFIG, EARLIER_CONFIG, EARLIER_RUNTIME, RUNTIME},
};

/// A secret whose name has changed, and with it the name within its file.
const EARLIER_TAILNET_KEY: &str = "tailscale_authkey";
const TAILNET_KEY: &str = "tailscale_auth_key";

/// One file or folder that is moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
}

/// Everything that has a name of the earlier tool.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// What is moved, in order.
    pub(super) moves: Vec<Move>,
    /// What needs a person, in sentences.
    pub(super) left: Vec<String>,
}

impl Moves {
    /// Looks for files with earlier names.
    ///
    /// # Errors
    /// A fault when a folder cannot be read, or when the configuration is there under both names.
    pub(super) fn of(project: &Project) -> Result<Self, Fault> {
        let mut moves = Self::default();
        let root = project.root();
        if is_there(&root.join(EARLIER_CONFIG)) && is_there(&root.join(CONFIG)) {
            let both = format!("both {EARLIER_CONFIG} and {CONFIG} are in {}", root.display());
            return Err(Fault::new(FaultCode::FleetRefused, both).hint(format!(
                "{CONFIG} is the one that counts; remove the other when nothing in it is needed"
            )));
        }
        moves.add(root.join(EARLIER_CONFIG), root.join(CONFIG));
        moves.add(root.join(EARLIER_RUNTIME), root.join(RUNTIME));
        moves.secrets(root).map_err(|error| {
            let folder = root.join("secrets/hosts");
            Fault::new(FaultCode::Io, format!("failed to read the folder {}", folder.display()))
                .because(&error)
        })?;
        Ok(moves)
    }

    fn secrets(&mut self, root: &Path) -> io::Result<()> {
        let mut folders = match fs::read_dir(root.join("secrets/hosts")) {
            Ok(entries) => {
                entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        folders.sort_unstable();
        for folder in folders {
            let host = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let keys = root.join("secrets/keys/hosts");
            self.add(folder.join("age_key.yaml"), keys.join(format!("{host}.agekey.yaml")));
            let key = folder.join(format!("{EARLIER_TAILNET_KEY}.yaml"));
            if is_there(&key) {
                self.left.push(format!(
                    "{} is moved, but the value in it still has its earlier name: \
                     'clawlets secrets set {TAILNET_KEY} --host {host}' stores it anew",
                    key.display()
                ));
            }
            self.add(key, folder.join(format!("{TAILNET_KEY}.yaml")));
        }
        Ok(())
    }

    fn add(&mut self, from: PathBuf, to: PathBuf) {
        match (is_there(&from), is_there(&to)) {
            (true, false) => self.moves.push(Move { from, to }),
            (true, true) => self.left.push(format!(
                "{} stays, since {} is there already; remove it when nothing in it is needed",
                from.display(),
                to.display()
            )),
            (false, true | false) => {}
        }
    }
}

impl Move {
    /// Moves it; what is in the way meanwhile is never replaced.
    ///
    /// # Errors
    /// A fault that names both places. Nothing was moved then.
    pub(super) fn carry_out(&self) -> Result<(), Fault> {
        let moved = || -> io::Result<()> {
            let (old, new) = (parent(&self.from), parent(&self.to));
            fs::create_dir_all(new)?;
            renameat_with(CWD, &self.from, CWD, &self.to, RenameFlags::NOREPLACE)?;
            fsync(File::open(new)?)?;
            Ok(fsync(File::open(old)?)?)
        };
        moved().map_err(|error| {
            let what = format!("failed to move {} to {}", self.from.display(), self.to.display());
            Fault::new(FaultCode::Io, what)
                .because(&error)
                .hint("what was done before stays; run the same command again")
        })
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
