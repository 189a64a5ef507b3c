//! A run: everything that is wanted, one list after the other.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use clawlets_github::{Item, Listing, Repository};
use clawlets_model::{Secret, cause::chain};
use jiff::Timestamp;

use super::{
    Report, RepositoryReport, Standing, SyncError, Wanted,
    error::io,
    fetch::{Fetched, Fetcher, Stopped, Unread},
    kept::KeptPages,
    repositories::{Unlisted, resolve},
};
use crate::github::Api;

/// What is synced, and how far.
#[derive(Debug)]
pub struct Sync<'a> {
    /// The way to GitHub.
    pub api: &'a Api,
    /// What opens it.
    pub token: &'a Secret<String>,
    /// What is wanted.
    pub wanted: &'a Wanted,
    /// The folder of what was read before.
    pub state: &'a Path,
    /// How many calls of the limit are left to others.
    pub reserve: u64,
    /// When the run ends, whether it is done or not.
    pub deadline: Timestamp,
}

/// Which of the two lists of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    PullRequests,
    Issues,
}

impl Kind {
    /// Where a list is kept.
    pub(super) fn path(self, state: &Path, repository: &Repository) -> PathBuf {
        let name = match self {
            Self::PullRequests => "pulls",
            Self::Issues => "issues",
        };
        state.join(repository.owner()).join(repository.name().as_str()).join(name)
    }
}

/// Reads what is wanted. `progress` hears which repository is next.
///
/// # Errors
/// [`SyncError`] when nothing can be known at all. A repository that cannot be read is in the report.
pub async fn run(sync: &Sync<'_>, mut progress: impl FnMut(&Repository)) -> Result<Report, SyncError> {
    fs::create_dir_all(sync.state).map_err(io("make the folder", sync.state))?;
    let _lock = lock(sync.state)?;
    let Sync { api, token, reserve, deadline, .. } = *sync;
    let fetcher = Fetcher { api, token, reserve, deadline };
    let (repositories, unlisted) = resolve(sync.wanted, &fetcher, sync.state).await?;
    let mut report = Report::empty(Timestamp::now());
    match unlisted {
        None => {}
        Some(Unlisted::This(error)) => report.unlisted = Some(chain(&error)),
        Some(Unlisted::All(stopped)) => report.stopped = Some(said(&stopped)),
    }
    for repository in repositories {
        progress(&repository);
        let pull_requests = one(sync, &fetcher, &repository, Kind::PullRequests, &mut report).await?;
        let issues = one(sync, &fetcher, &repository, Kind::Issues, &mut report).await?;
        report.repositories.push(RepositoryReport { repository, pull_requests, issues });
    }
    report.as_of = Timestamp::now();
    Ok(report)
}

/// One list: read, or as it was before.
async fn one(
    sync: &Sync<'_>,
    fetcher: &Fetcher<'_>,
    repository: &Repository,
    kind: Kind,
    report: &mut Report,
) -> Result<Standing, SyncError> {
    let path = kind.path(sync.state, repository);
    let stale = match &report.stopped {
        Some(why) => Some(why.clone()),
        None => match fetch(fetcher, repository, kind, &path).await {
            Ok(fetched) => {
                report.pages += fetched.pages;
                report.unchanged += fetched.unchanged;
                None
            }
            Err(Unread::Io(error)) => return Err(io("write", &path)(error)),
            Err(Unread::This(error)) => Some(chain(&error)),
            Err(Unread::All(stopped)) => {
                let why = said(&stopped);
                report.stopped = Some(why.clone());
                Some(why)
            }
        },
    };
    let (mut open, mut read_at) = (0, None);
    if let Some(mut pages) = KeptPages::open(&path).map_err(io("read", &path))? {
        read_at = Some(pages.head.read_at);
        while let Some(page) = pages.next::<Item>().map_err(io("read", &path))? {
            open += page.items.len();
        }
    }
    Ok(Standing { read_at, open, stale })
}

async fn fetch(
    fetcher: &Fetcher<'_>,
    repository: &Repository,
    kind: Kind,
    path: &Path,
) -> Result<Fetched, Unread> {
    match kind {
        Kind::PullRequests => fetcher.fetch(Listing::PullRequests(repository), path, |_: &Item| true).await,
        // GitHub lists pull requests among issues.
        Kind::Issues => {
            fetcher.fetch(Listing::Issues(repository), path, |item: &Item| !item.is_pull_request).await
        }
    }
}

fn said(stopped: &Stopped) -> String {
    match stopped {
        Stopped::Github(error) => chain(error),
        Stopped::Reserve(resets_in) => {
            let minutes = resets_in.as_secs().div_ceil(60);
            format!("the last calls of GitHub's limit are left to others; it begins anew in {minutes} min")
        }
        Stopped::Late => "the time of the run was over".to_owned(),
    }
}

/// Two runs at once would undo each other's marks.
fn lock(state: &Path) -> Result<File, SyncError> {
    let path = state.join(".lock");
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let file = file.map_err(io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(SyncError::Busy(state.to_owned())),
        Err(TryLockError::Error(error)) => Err(io("lock", &path)(error)),
    }
}
