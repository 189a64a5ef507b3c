//! A branch of the project's repository as a site. Its files are taken out into a temporary folder and committed from
//! there; neither the work tree nor its index is touched, and the branch moves in one step.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_model::{Channel, HostName};
use clawlets_printer::{Fault, FaultCode};
use clawlets_release::{document::Document, value::SitePath};
use tempfile::TempDir;

use super::{super::site::BRANCH, swap::of_io};
use crate::git::Git;

/// What a branch that does not exist is at.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// How many files are asked of git at once, each of at most 1 MiB.
const AT_ONCE: usize = 256;

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
    branch: Branch,
    /// Where they lie on the branch.
    place: String,
}

/// Where the branch is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Branch {
    /// The commit of the branch here; none when there is no such branch.
    here: Option<String>,
    /// The commit to go on from: that of the branch, or of the same one at the place where this repository was cloned from.
    from: Option<String>,
}

/// A file of the branch.
struct Blob {
    object: String,
    path: SitePath,
}

impl Checkout {
    /// Takes them out of the branch.
    ///
    /// # Errors
    /// A fault when others have published what is not here, and when there is something that no release has.
    pub(super) fn of(git: Git<'_>, host: &HostName, channel: &Channel) -> Result<Self, Fault> {
        let folder =
            tempfile::tempdir().map_err(|error| of_io("make a folder in", &std::env::temp_dir(), &error))?;
        let checkout = Self { folder, branch: Branch::of(git)?, place: format!("{host}/{channel}") };
        if let Some(commit) = &checkout.branch.from {
            checkout.take_out(git, commit)?;
        }
        Ok(checkout)
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn take_out(&self, git: Git<'_>, commit: &str) -> Result<(), Fault> {
        let listed = git.run(&["ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", &self.place])?;
        let lines = listed.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        let blobs = lines.map(|line| self.blob(line)).collect::<Result<Vec<_>, _>>()?;
        for some in blobs.chunks(AT_ONCE) {
            let wanted: String = some.iter().map(|blob| format!("{}\n", blob.object)).collect();
            let said = git.feed(&["cat-file", "--batch"], wanted.as_bytes())?;
            let mut rest = said.as_slice();
            for blob in some {
                let bytes = next_object(&mut rest)
                    .ok_or_else(|| Fault::new(FaultCode::GitFailed, format!("git has no {}", blob.path)))?;
                let file = self.folder().join(blob.path.as_str());
                let above = file.parent().unwrap_or(self.folder());
                fs::create_dir_all(above).map_err(|error| of_io("make", above, &error))?;
                fs::write(&file, bytes).map_err(|error| of_io("write", &file, &error))?;
            }
        }
        Ok(())
    }

    /// A line of `git ls-tree -l`. Whoever can push to the branch can put anything there, also names that git itself does not
    /// make, such as `..`.
    fn blob(&self, line: &[u8]) -> Result<Blob, Fault> {
        let line = String::from_utf8_lossy(line);
        let (about, path) = line.split_once('\t').unwrap_or((&line, ""));
        let strange = |what: &str| {
            Fault::new(FaultCode::ReleaseUnreadable, format!("{path:?} on the branch {BRANCH} {what}"))
                .hint("a site holds plain files; find out who put it there")
        };
        let words: Vec<_> = about.split_ascii_whitespace().collect();
        let [mode, "blob", object, size] = words[..] else { return Err(strange("is no file")) };
        if !matches!(mode, "100644" | "100755") {
            return Err(strange("is a link"));
        }
        if size.parse().is_ok_and(|size: usize| size > Document::Bundle.limit()) {
            return Err(strange("is larger than anything of a release"));
        }
        let read = SitePath::parse(path).ok();
        let read = read
            .filter(|path| path.as_str().strip_prefix(&self.place).is_some_and(|rest| rest.starts_with('/')));
        let path = read.ok_or_else(|| strange("has a name that nothing of a release has"))?;
        Ok(Blob { object: object.to_owned(), path })
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
        git.run(&["read-tree", self.branch.from.as_deref().unwrap_or("--empty")])?;
        self.add(git)?;
        let tree = text(&git.run(&["write-tree"])?);
        let mut words = vec!["commit-tree", &tree, "-m", message];
        if let Some(parent) = &self.branch.from {
            words.extend(["-p", parent]);
        }
        let commit = text(&git.run(&words)?);
        let before = self.branch.here.as_deref().unwrap_or(NOTHING);
        let reference = format!("refs/heads/{BRANCH}");
        match git.run(&["update-ref", &reference, &commit, before]) {
            Ok(_) => Ok(Finish::Committed(commit)),
            Err(_) if Branch::of(git)?.here != self.branch.here => Ok(Finish::Moved),
            Err(fault) => Err(fault),
        }
    }

    /// Puts every file of the folder into the index.
    fn add(&self, git: Git<'_>) -> Result<(), Fault> {
        let mut files = Vec::new();
        collect(&self.folder().join(&self.place), &self.place, &mut files)?;
        let paths: String = files.iter().map(|(path, _)| format!("{}\n", path.display())).collect();
        let objects =
            text(&git.feed(&["hash-object", "-w", "--no-filters", "--stdin-paths"], paths.as_bytes())?);
        let entries =
            objects.lines().zip(&files).map(|(object, (_, place))| format!("100644 {object}\t{place}\n"));
        git.feed(&["update-index", "--index-info"], entries.collect::<String>().as_bytes()).map(|_| ())
    }
}

impl Branch {
    /// Looks where the branch is, here and as far as the last fetch told.
    ///
    /// # Errors
    /// A fault when others have published what is not here: its numbers would be given a second time.
    fn of(git: Git<'_>) -> Result<Self, Fault> {
        let known = |pattern: &str| {
            let listed = git.run(&["for-each-ref", "--format=%(objectname) %(refname:short)", pattern])?;
            let lines = text(&listed);
            let pairs = lines.lines().filter_map(|line| line.split_once(' '));
            Ok(pairs.map(|(commit, name)| (commit.to_owned(), name.to_owned())).collect::<Vec<_>>())
        };
        let here = known(&format!("refs/heads/{BRANCH}"))?.into_iter().next().map(|(commit, _)| commit);
        let mut from = here.clone();
        for (commit, name) in known(&format!("refs/remotes/*/{BRANCH}"))? {
            let Some(base) = &from else {
                from = Some(commit);
                continue;
            };
            if *base != commit && git.run(&["merge-base", "--is-ancestor", &commit, base]).is_err() {
                let message = format!("{name} has releases that the branch {BRANCH} has not");
                let (remote, _) = name.split_once('/').unwrap_or((&name, ""));
                return Err(Fault::new(FaultCode::ReleaseExists, message)
                    .hint(format!("'git fetch {remote} {BRANCH}:{BRANCH}' brings them here")));
            }
        }
        Ok(Self { here, from })
    }
}

/// The files below a folder, each with its place on the branch.
fn collect(folder: &Path, place: &str, files: &mut Vec<(PathBuf, String)>) -> Result<(), Fault> {
    for entry in fs::read_dir(folder).map_err(|error| of_io("read", folder, &error))? {
        let path = entry.map_err(|error| of_io("read", folder, &error))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let place = format!("{place}/{name}");
        if path.is_dir() {
            collect(&path, &place, files)?;
        } else {
            files.push((path, place));
        }
    }
    Ok(())
}

/// The next object of what `git cat-file --batch` says: a line that ends with its size, its bytes, and the end of a line.
fn next_object<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, behind) = rest.split_at(end);
    let size: usize = std::str::from_utf8(line).ok()?.rsplit_once(' ')?.1.parse().ok()?;
    let bytes = behind.get(1..size.checked_add(1)?)?;
    *rest = behind.get(size + 2..)?;
    Some(bytes)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}
