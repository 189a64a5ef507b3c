//! Making a token anew when it is about to end.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use clawlets_model::cause::chain;
use jiff::{SignedDuration, Timestamp};

use super::{Access, Api, EnvFile, Group, MintError, TokenStatus, turn::Turn};

/// Whether a token is made although the present one is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// It is.
    Always,
    /// Only when it is about to end.
    WhenDue,
}

/// What is to be in which file.
#[derive(Debug)]
pub struct Order {
    /// The App, and what the token is good for.
    pub access: Access,
    /// The file.
    pub file: PathBuf,
    /// A link to it, where programs of an earlier system look.
    pub alias: Option<PathBuf>,
    /// The group that may read it.
    pub group: Option<Group>,
    /// How long a token must still be good to be left as it is.
    pub margin: SignedDuration,
    /// Whether it is made anew in any case.
    pub force: Force,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Minted {
    /// The present one is good for long enough.
    Kept {
        /// When it ends.
        expires_at: Timestamp,
    },
    /// There is a new one.
    New {
        /// When it ends.
        expires_at: Timestamp,
    },
}

/// Sees to it that the file holds a token that is good for longer than the margin. However many do so at once, one of them
/// makes it. `now` gives the time, since some of it passes here.
///
/// # Errors
/// [`MintError`]; the file holds what it held before, and what went wrong stands beside it.
pub async fn mint(api: &Api, order: &Order, now: impl Fn() -> Timestamp) -> Result<Minted, MintError> {
    let file = &order.file;
    let failed = |tried| move |source| MintError::Io { tried, path: file.clone(), source };
    let turn = Turn::take(file).map_err(failed("write beside"))?;
    let _turn = turn.ok_or_else(|| MintError::Busy(file.clone()))?;
    let outcome = renew(api, order, now()).await;
    let status = match &outcome {
        Ok(Minted::Kept { expires_at } | Minted::New { expires_at }) => TokenStatus::well(now(), *expires_at),
        Err(error) => {
            let present = EnvFile::read(file).ok().flatten();
            TokenStatus::failing(file, now(), present.and_then(|present| present.expires_at), chain(error))
        }
    };
    // Where the status cannot be written, the error says more.
    match (status.write(file), outcome) {
        (Err(source), Ok(_)) => Err(failed("write beside")(source)),
        (Ok(()) | Err(_), outcome) => outcome,
    }
}

async fn renew(api: &Api, order: &Order, now: Timestamp) -> Result<Minted, MintError> {
    let Order { access, file, alias, group, margin, force } = order;
    let failed = |tried| move |source| MintError::Io { tried, path: file.clone(), source };
    let mark = access.mark(&api.url.to_string());
    let present = EnvFile::read(file).map_err(failed("read"))?;
    let lasting = present
        .filter(|present| present.mark.as_ref() == Some(&mark))
        .and_then(|present| present.expires_at)
        .filter(|expires_at| expires_at.duration_since(now) > *margin);
    let minted = match (force, lasting) {
        (Force::WhenDue, Some(expires_at)) => Minted::Kept { expires_at },
        (Force::WhenDue, None) | (Force::Always, _) => {
            let app = access.app()?;
            let token = api.github.mint(&app, access.installation, &access.scope, now).await?;
            EnvFile::write(file, &token, &mark, group.as_ref()).map_err(failed("write"))?;
            Minted::New { expires_at: token.expires_at }
        }
    };
    if let Some(alias) = alias {
        point(alias, file).map_err(|source| MintError::Io {
            tried: "make the link",
            path: alias.clone(),
            source,
        })?;
    }
    Ok(minted)
}

/// Makes a link, in one step; a file that somebody put there is not ours to replace.
fn point(alias: &Path, file: &Path) -> io::Result<()> {
    match fs::read_link(alias) {
        Ok(target) if target == file => return Ok(()),
        Ok(_) => fs::remove_file(alias)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(folder) = alias.parent() {
                fs::create_dir_all(folder)?;
            }
        }
        Err(error) => return Err(error),
    }
    symlink(file, alias)
}
