//! A copy that is there.

use std::{fs, io::ErrorKind, path::Path};

use super::{CheckoutError, LeftAlone, Outcome, copies::io};
use crate::{git::Git, repos::RepoSeed};

/// The note in a repository that it is being moved forward, with the commit that it is moved to.
const NOTE: &str = ".git/clawlets-forward";

/// A copy that nobody has changed.
#[derive(Debug)]
pub(super) struct Untouched {
    /// The branch that is checked out.
    branch: String,
    /// The commit that is checked out.
    pub(super) head: String,
}

/// Looks at a copy without asking anybody: it, or why it is to be left alone.
pub(super) fn look(
    git: &Git,
    path: &Path,
    seed: &RepoSeed,
) -> Result<Result<Untouched, LeftAlone>, CheckoutError> {
    let is_folder = |path: &Path| path.symlink_metadata().is_ok_and(|found| found.is_dir());
    if !is_folder(path) || !is_folder(&path.join(".git")) {
        return Ok(Err(LeftAlone::NotARepository));
    }
    let tried = format!("look at {}", seed.name);
    let call = |words: &[&str]| git.call(&tried, path, None, words);
    let is_ours = git.is_so(
        &tried,
        path,
        &["config", "--local", "--get", "--fixed-value", "remote.origin.url", seed.url.as_str()],
    )?;
    if !is_ours {
        return Ok(Err(LeftAlone::Origin));
    }
    let is_on_a_branch = git.is_so(&tried, path, &["symbolic-ref", "--quiet", "HEAD"])?;
    let found = if is_on_a_branch { Some(call(&["symbolic-ref", "--short", "HEAD"])?.line()) } else { None };
    let branch = match (found, &seed.branch) {
        (Some(found), None) => found,
        (Some(found), Some(wanted)) if found == wanted.as_str() => found,
        (found, _) => return Ok(Err(LeftAlone::Branch { found })),
    };
    let changes =
        call(&["status", "--porcelain", "-z", "--untracked-files=normal", "--no-renames"])?.entries();
    if changes > 0 {
        return Ok(Err(LeftAlone::Changes(changes)));
    }
    let head = call(&["rev-parse", "--verify", "HEAD"])?.line();
    Ok(Ok(Untouched { branch, head }))
}

/// Moves a copy that nobody has changed to where the remote is.
pub(super) fn forward(
    git: &Git,
    path: &Path,
    seed: &RepoSeed,
    copy: &Untouched,
) -> Result<Outcome, CheckoutError> {
    let Untouched { branch, head } = copy;
    let tried = format!("fetch {}", seed.name);
    let call = |words: &[&str]| git.call(&tried, path, None, words);
    let tracked = format!("refs/remotes/origin/{branch}");
    let was_ours =
        git.is_so(&tried, path, &["merge-base", "--is-ancestor", "HEAD", &tracked]).unwrap_or(false);
    let refspec = format!("+refs/heads/{branch}:{tracked}");
    git.call(&tried, path, Some(&seed.url), &["fetch", "--quiet", "--no-tags", "--", "origin", &refspec])?;
    let target = call(&["rev-parse", "--verify", &tracked])?.line();
    if target == *head {
        return Ok(Outcome::Unchanged(target));
    }
    // Where nothing was of this copy's own before, a remote that was written anew is followed.
    let is_behind = git.is_so(&tried, path, &["merge-base", "--is-ancestor", "HEAD", &tracked])?;
    if !is_behind && !was_ours {
        return Ok(Outcome::LeftAlone(LeftAlone::Commits));
    }
    let note = path.join(NOTE);
    fs::write(&note, &target).map_err(io("write", &note))?;
    call(&["reset", "--quiet", "--hard", &target, "--"])?;
    fs::remove_file(&note).map_err(io("remove", &note))?;
    Ok(Outcome::Updated { from: head.clone(), to: target })
}

/// Finishes what was cut off in the middle: before it began, nobody had changed anything.
pub(super) fn finish(git: &Git, path: &Path) -> Result<(), CheckoutError> {
    let note = path.join(NOTE);
    let target = match fs::read_to_string(&note) {
        Ok(target) => target,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
        Err(error) => return Err(io("read", &note)(error)),
    };
    let lock = path.join(".git/index.lock");
    match fs::remove_file(&lock) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(io("remove", &lock)(error)),
        Ok(()) | Err(_) => {}
    }
    let is_commit = target.len() >= 40 && target.bytes().all(|b| b.is_ascii_hexdigit());
    if is_commit {
        git.call("finish an update", path, None, &["reset", "--quiet", "--hard", &target, "--"])?;
    }
    fs::remove_file(&note).map_err(io("remove", &note))
}
