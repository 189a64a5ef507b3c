//! Which repositories are synced.

use std::path::Path;

use clawlets_github::{Listing, Owner, Repository, RepositoryItem};

use super::{
    SyncError,
    error::io,
    fetch::{Fetcher, Stopped, Unread},
    kept::KeptPages,
};

/// What is to be synced, as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These repositories.
    Repositories(Vec<Repository>),
    /// All repositories of an organisation that are not archived.
    All(Owner),
}

impl Wanted {
    /// Reads what is wanted: an organisation, which may be empty, and repositories as `owner/name`, or `name` with the
    /// organisation as its owner. If any is named, only those are wanted.
    ///
    /// # Errors
    /// [`SyncError`] when neither is given, or one of them is none.
    pub fn parse(org: &str, repositories: &[String]) -> Result<Self, SyncError> {
        if repositories.is_empty() {
            return if org.is_empty() { Err(SyncError::Nothing) } else { Ok(Self::All(Owner::parse(org)?)) };
        }
        let whole = |name: &String| {
            let text = match (name.contains('/'), org) {
                (true, _) => name.clone(),
                (false, "") => return Err(SyncError::NoOwner(name.clone())),
                (false, org) => format!("{org}/{name}"),
            };
            Ok(Repository::parse(&text)?)
        };
        let mut repositories = repositories.iter().map(whole).collect::<Result<Vec<_>, SyncError>>()?;
        repositories.sort_unstable();
        repositories.dedup();
        Ok(Self::Repositories(repositories))
    }
}

/// The repositories that are wanted, by name. Where those of an organisation cannot be listed now, they are those of the
/// last time; the second part says why then.
pub(super) async fn resolve(
    wanted: &Wanted,
    fetcher: &Fetcher<'_>,
    state: &Path,
) -> Result<(Vec<Repository>, Option<Unlisted>), SyncError> {
    let owner = match wanted {
        Wanted::Repositories(repositories) => return Ok((repositories.clone(), None)),
        Wanted::All(owner) => owner,
    };
    let path = state.join(format!("{owner}.repositories"));
    let listed =
        fetcher.fetch(Listing::Repositories(owner), &path, |item: &RepositoryItem| !item.archived).await;
    let failure = match listed {
        Ok(_) => None,
        Err(Unread::Io(error)) => return Err(io("write", &path)(error)),
        Err(Unread::This(error)) => Some(Unlisted::This(error)),
        Err(Unread::All(stopped)) => Some(Unlisted::All(stopped)),
    };
    let mut repositories = Vec::new();
    match (KeptPages::open(&path).map_err(io("read", &path))?, failure) {
        (None, Some(Unlisted::This(error) | Unlisted::All(Stopped::Github(error)))) => {
            Err(SyncError::List(owner.to_string(), error))
        }
        (None, failure) => Ok((repositories, failure)),
        (Some(mut pages), failure) => {
            while let Some(page) = pages.next::<RepositoryItem>().map_err(io("read", &path))? {
                repositories.extend(page.items.into_iter().map(|item| item.full_name));
            }
            repositories.sort_unstable();
            repositories.dedup();
            Ok((repositories, failure))
        }
    }
}

/// Why the repositories of an organisation are those of the last time.
#[derive(Debug)]
pub(super) enum Unlisted {
    /// The list cannot be read.
    This(clawlets_github::GithubError),
    /// Nothing can be read now.
    All(Stopped),
}
