//! A copy that is not there yet.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    CheckoutError,
    copies::{UNFINISHED, io},
};
use crate::{git::Git, repos::RepoSeed, snapshot::Snapshot};

/// Clones beside, and renames. The commit that it is at.
pub(super) fn cloned(git: &Git, root: &Path, seed: &RepoSeed) -> Result<String, CheckoutError> {
    let place = place(root)?;
    let branch = seed.branch.as_ref().map(|branch| format!("--branch={branch}"));
    let mut words =
        vec!["clone", "--quiet", "--no-tags", "--single-branch", "--template=", "--no-recurse-submodules"];
    words.extend(branch.as_deref());
    words.extend(["--", seed.url.as_str(), "copy"]);
    git.call(&format!("clone {}", seed.name), place.path(), Some(&seed.url), &words)?;
    settle(git, root, seed, &place.path().join("copy"))
}

/// Unpacks beside, has git make the files, and renames. The commit that it is at.
pub(super) fn restored(
    git: &Git,
    root: &Path,
    seed: &RepoSeed,
    snapshot: &Snapshot,
) -> Result<String, CheckoutError> {
    let place = place(root)?;
    let copy = place.path().join("copy");
    snapshot.unpack(&seed.name, &copy)?;
    let tried = format!("restore {}", seed.name);
    let call = |words: &[&str]| git.call(&tried, &copy, None, words);
    // It writes the configuration anew, which no snapshot brings along.
    call(&["init", "--quiet", "--template="])?;
    call(&["config", "remote.origin.url", seed.url.as_str()])?;
    let branch = match &seed.branch {
        Some(branch) => branch.to_string(),
        None => call(&["symbolic-ref", "--short", "HEAD"])?.line(),
    };
    let reference = format!("refs/heads/{branch}");
    call(&["config", "remote.origin.fetch", &format!("+{reference}:refs/remotes/origin/{branch}")])?;
    call(&["config", &format!("branch.{branch}.remote"), "origin"])?;
    call(&["config", &format!("branch.{branch}.merge"), &reference])?;
    call(&["symbolic-ref", "HEAD", &reference])?;
    call(&["reset", "--quiet", "--hard", &reference, "--"])?;
    settle(git, root, seed, &copy)
}

/// A folder beside the copies. What is in it is gone when it is dropped.
fn place(root: &Path) -> Result<TempDir, CheckoutError> {
    TempDir::with_prefix_in(UNFINISHED, root).map_err(io("make a folder in", root))
}

/// Puts a finished copy in its place.
fn settle(git: &Git, root: &Path, seed: &RepoSeed, copy: &Path) -> Result<String, CheckoutError> {
    let tried = format!("read the commit of {}", seed.name);
    let head = git.call(&tried, copy, None, &["rev-parse", "--verify", "HEAD"])?.line();
    let path: PathBuf = root.join(seed.name.as_str());
    fs::rename(copy, &path).map_err(io("put a copy at", &path))?;
    fs::File::open(root).and_then(|folder| folder.sync_all()).map_err(io("write", root))?;
    Ok(head)
}
