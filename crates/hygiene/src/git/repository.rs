//! A repository, and what of it is looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
};

use super::{error::GitError, objects, pushed::PushedRef};
use crate::{
    finding::Finding,
    scan::{scan, scan_message},
};

/// A git repository on this machine.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
}

/// A version of a file: its object, its path, and the commit that brings it in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    pub(super) object: String,
    pub(super) path: String,
    pub(super) commit: String,
}

impl Repository {
    /// The repository around a folder.
    ///
    /// # Errors
    /// [`GitError::Failed`] when there is none.
    pub fn around(folder: &Path) -> Result<Self, GitError> {
        let mut git = git(folder);
        git.args(["rev-parse", "--show-toplevel"]);
        let root = text(&run(git, &[])?);
        Ok(Self { root: root.trim_end_matches('\n').into() })
    }

    /// The folder of its work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Looks at what the next commit would hold that the last one does not.
    ///
    /// # Errors
    /// [`GitError`] when git cannot be asked.
    pub fn scan_staged(&self) -> Result<Vec<Finding>, GitError> {
        let has_commit = self.ask(&["rev-parse", "--verify", "--quiet", "HEAD"]).is_ok();
        // The tree that holds nothing: its id depends on how the repository names objects.
        let base = match has_commit {
            true => "HEAD".to_owned(),
            false => text(&self.ask(&["hash-object", "-t", "tree", "--stdin"])?).trim().to_owned(),
        };
        let listed =
            self.ask(&["diff-index", "--cached", "-z", "--raw", "--no-renames", "--no-abbrev", &base])?;
        self.scan_versions(&versions(&listed, "diff-index")?)
    }

    /// Looks at every file that is tracked, as it is staged.
    ///
    /// # Errors
    /// [`GitError`] when git cannot be asked.
    pub fn scan_tracked(&self) -> Result<Vec<Finding>, GitError> {
        let listed = self.ask(&["ls-files", "--stage", "-z"])?;
        let lines = listed.split(|byte| *byte == 0).filter(|line| !line.is_empty());
        let found: Option<BTreeSet<Version>> = lines.map(tracked).collect();
        self.scan_versions(&found.ok_or(GitError::Answer { verb: "ls-files" })?)
    }

    /// Looks at every commit that a push would send: each version of each file, also of those that a later commit
    /// removes, and each message; and at tags and what they are of. Refs that are deleted send nothing.
    ///
    /// # Errors
    /// [`GitError`] when git cannot be asked.
    pub fn scan_pushed(&self, refs: &[PushedRef], remote: &str) -> Result<Vec<Finding>, GitError> {
        let new: Vec<&str> = refs.iter().filter_map(|pushed| pushed.new.as_deref()).collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let mut words = vec!["rev-list".to_owned(), "--no-object-names".to_owned()];
        words.extend(new.iter().map(|id| (*id).to_owned()));
        words.push("--not".to_owned());
        // What the remote has at the other end of a forced push may be unknown here.
        let old = refs.iter().filter_map(|pushed| pushed.old.as_deref());
        words.extend(old.filter(|id| self.has(id)).map(str::to_owned));
        words.push(format!("--remotes={}", glob_literal(remote)));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let commits = self.ask(&words)?;
        let mut listing = self.git();
        // Merges are compared with each parent, so that what a merge itself adds is seen.
        listing.args([
            "diff-tree",
            "--stdin",
            "-r",
            "-z",
            "-m",
            "--root",
            "--raw",
            "--no-renames",
            "--no-abbrev",
        ]);
        let listed = run(listing, &commits)?;
        let mut found = self.scan_versions(&versions(&listed, "diff-tree")?)?;
        found.extend(self.scan_messages(&commits)?);
        found.extend(self.scan_pointed(&new)?);
        Ok(found)
    }

    fn scan_messages(&self, commits: &[u8]) -> Result<Vec<Finding>, GitError> {
        let commits = String::from_utf8_lossy(commits);
        let ids: Vec<&str> = commits.lines().collect();
        let mut found = Vec::new();
        objects::read(self.git(), &ids, |index, content| found.extend(scan_message(ids[index], content)))?;
        Ok(found)
    }

    pub(super) fn scan_versions(&self, versions: &BTreeSet<Version>) -> Result<Vec<Finding>, GitError> {
        // One object may be at several paths, and is read once.
        let mut places: BTreeMap<&str, Vec<&Version>> = BTreeMap::new();
        for version in versions {
            places.entry(&version.object).or_default().push(version);
        }
        let ids: Vec<&str> = places.keys().copied().collect();
        let mut found = BTreeMap::new();
        objects::read(self.git(), &ids, |index, content| {
            for version in &places[ids[index]] {
                for finding in scan(&version.path, content) {
                    // The same thing in several commits is one thing to mend; the first commit names it.
                    let known = (finding.path.clone(), finding.line, finding.rule, finding.detail.clone());
                    let commit = version.commit.clone();
                    found.entry(known).or_insert(Finding { commit, ..finding });
                }
            }
        })?;
        Ok(found.into_values().collect())
    }

    fn has(&self, object: &str) -> bool {
        self.ask(&["cat-file", "-e", &format!("{object}^{{commit}}")]).is_ok()
    }

    fn ask(&self, words: &[&str]) -> Result<Vec<u8>, GitError> {
        self.ask_of(words, &[])
    }

    /// What git answers to something on its standard input.
    pub(super) fn ask_of(&self, words: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let mut git = self.git();
        git.args(words);
        run(git, input)
    }

    pub(super) fn git(&self) -> Command {
        git(&self.root)
    }
}

fn git(folder: &Path) -> Command {
    let mut git = Command::new("git");
    // Inside of a hook git names its index, which may be a temporary one of this very commit: it stays.
    git.arg("-C").arg(folder).args(["-c", "core.quotePath=false"]).env("GIT_OPTIONAL_LOCKS", "0");
    // What is pushed is the object itself, and not the one that this machine puts in its place.
    git.env("GIT_NO_REPLACE_OBJECTS", "1");
    git
}

fn run(mut git: Command, input: &[u8]) -> Result<Vec<u8>, GitError> {
    let mut child = git
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(GitError::Start)?;
    let mut stdin = child.stdin.take().expect("standard input was asked for");
    let output = thread::scope(|scope| {
        scope.spawn(move || {
            // A git that ends early says why on standard error.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output()
    });
    let output = output.map_err(GitError::Start)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let verb = git.get_args().nth(4).map(|word| word.to_string_lossy().into_owned()).unwrap_or_default();
    Err(GitError::Failed { verb, said: text(&output.stderr).trim().replace('\n', "; ") })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A remote's name or URL as a pattern that matches nothing else.
fn glob_literal(remote: &str) -> String {
    let mut pattern = String::new();
    for letter in remote.chars() {
        if matches!(letter, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}

/// Reads `:mode mode id id status NUL path NUL …`, with lines of commit ids between when there are commits.
fn versions(listed: &[u8], verb: &'static str) -> Result<BTreeSet<Version>, GitError> {
    let mut found = BTreeSet::new();
    let mut commit = String::new();
    let mut parts = listed.split(|byte| *byte == 0).filter(|part| !part.is_empty());
    while let Some(part) = parts.next() {
        let part = String::from_utf8_lossy(part);
        let Some(about) = part.strip_prefix(':') else {
            part.split(' ').next().unwrap_or_default().trim().clone_into(&mut commit);
            continue;
        };
        let path = parts.next().ok_or(GitError::Answer { verb })?;
        let words: Vec<&str> = about.split(' ').collect();
        let [_, mode, _, object, status] = words.as_slice() else { return Err(GitError::Answer { verb }) };
        // A deletion brings nothing in, and another repository's commit has no content here.
        if *status != "D" && *mode != "160000" {
            let path = String::from_utf8_lossy(path).into_owned();
            found.insert(Version { object: (*object).to_owned(), path, commit: commit.clone() });
        }
    }
    Ok(found)
}

/// Reads `mode id stage TAB path`.
fn tracked(line: &[u8]) -> Option<Version> {
    let line = String::from_utf8_lossy(line);
    let (about, path) = line.split_once('\t')?;
    let object = about.split(' ').nth(1)?.to_owned();
    Some(Version { object, path: path.to_owned(), commit: String::new() })
}
