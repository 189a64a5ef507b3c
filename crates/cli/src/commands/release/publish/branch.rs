//! A branch of the project's repository as a site. Its files are taken out into a temporary folder and committed from
//! there; neither the work tree nor its index is touched, and the branch moves in one step.

use std::{fs, path::Path};

use clawlets_model::{Channel, HostName};
use clawlets_printer::{Fault, FaultCode};
use tempfile::TempDir;

use super::{super::site::BRANCH, swap::of_io};
use crate::git::Git;

/// What a branch that does not exist is at.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// How a publication ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finish {
    /// What was written to a folder is there.
    InPlace,
    /// The branch has this new commit.
    Committed(String),
    /// Somebody else moved the branch meanwhile, so nothing was committed.
    Moved,
}

/// The releases of one host and channel on the branch, in a folder.
#[derive(Debug)]
pub(super) struct Checkout {
    folder: TempDir,
    /// The commit that they are of; none when there is no such branch.
    commit: Option<String>,
    /// Where they lie on the branch.
    place: String,
}

impl Checkout {
    /// Takes them out of the branch.
    pub(super) fn of(git: Git<'_>, host: &HostName, channel: &Channel) -> Result<Self, Fault> {
        let folder =
            tempfile::tempdir().map_err(|error| of_io("make a folder in", &std::env::temp_dir(), &error))?;
        let commit = tip(git)?;
        let checkout = Self { folder, commit, place: format!("{host}/{channel}") };
        if let Some(commit) = &checkout.commit {
            checkout.take_out(git, commit)?;
        }
        Ok(checkout)
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn take_out(&self, git: Git<'_>, commit: &str) -> Result<(), Fault> {
        let listed =
            git.run(&["ls-tree", "-r", "-z", "--full-tree", "--name-only", commit, "--", &self.place])?;
        for path in String::from_utf8_lossy(&listed).split_terminator('\0') {
            let bytes = git.run(&["cat-file", "blob", &format!("{commit}:{path}")])?;
            let file = self.folder().join(path);
            let above = file.parent().unwrap_or(self.folder());
            fs::create_dir_all(above).map_err(|error| of_io("make", above, &error))?;
            fs::write(&file, bytes).map_err(|error| of_io("write", &file, &error))?;
        }
        Ok(())
    }

    /// Commits what the folder holds now.
    ///
    /// # Errors
    /// A fault when git fails, or when somebody works on the branch.
    pub(super) fn commit(&self, git: Git<'_>, message: &str) -> Result<Finish, Fault> {
        let worktrees = git.run(&["worktree", "list", "--porcelain"])?;
        let ours = format!("branch refs/heads/{BRANCH}");
        if String::from_utf8_lossy(&worktrees).lines().any(|line| line == ours) {
            let message =
                format!("the branch {BRANCH} is checked out, and would be moved away under somebody");
            return Err(Fault::new(FaultCode::ReleaseBusy, message)
                .hint("switch to another branch, or publish into the folder itself with --site DIR"));
        }
        let scratch =
            tempfile::tempdir().map_err(|error| of_io("make a folder in", &std::env::temp_dir(), &error))?;
        let index = scratch.path().join("index");
        let git = git.with_index(&index);
        git.run(&["read-tree", self.commit.as_deref().unwrap_or("--empty")])?;
        self.add(git, &self.folder().join(&self.place), &self.place)?;
        let tree = text(&git.run(&["write-tree"])?);
        let mut words = vec!["commit-tree", &tree, "-m", message];
        if let Some(parent) = &self.commit {
            words.extend(["-p", parent]);
        }
        let commit = text(&git.run(&words)?);
        let before = self.commit.as_deref().unwrap_or(NOTHING);
        let reference = format!("refs/heads/{BRANCH}");
        match git.run(&["update-ref", &reference, &commit, before]) {
            Ok(_) => Ok(Finish::Committed(commit)),
            Err(_) if tip(git)? != self.commit => Ok(Finish::Moved),
            Err(fault) => Err(fault),
        }
    }

    fn add(&self, git: Git<'_>, folder: &Path, place: &str) -> Result<(), Fault> {
        for entry in fs::read_dir(folder).map_err(|error| of_io("read", folder, &error))? {
            let path = entry.map_err(|error| of_io("read", folder, &error))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let place = format!("{place}/{name}");
            if path.is_dir() {
                self.add(git, &path, &place)?;
                continue;
            }
            let file = path.display().to_string();
            let object = text(&git.run(&["hash-object", "-w", "--no-filters", "--", &file])?);
            let entry = format!("100644,{object},{place}");
            git.run(&["update-index", "--add", "--cacheinfo", &entry])?;
        }
        Ok(())
    }
}

/// The commit that the branch is at, if there is such a branch.
fn tip(git: Git<'_>) -> Result<Option<String>, Fault> {
    let listed = git.run(&["for-each-ref", "--format=%(objectname)", &format!("refs/heads/{BRANCH}")])?;
    Ok(Some(text(&listed)).filter(|commit| !commit.is_empty()))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}
