//! One list, from its first page to its last.

use std::{io, path::Path, time::Duration};

use clawlets_github::{Budget, GithubError, Listing, PageAnswer};
use clawlets_model::Secret;
use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

use super::kept::{KeptPage, KeptPages, NewPages};
use crate::github::Api;

/// How many pages of a list are read: a hundred thousand entries.
const MOST_PAGES: usize = 1000;
/// How many entries a full page has.
const FULL: usize = 100;
/// How long is waited before a call is made again.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5)];
/// For how long GitHub may want to be left alone without this run ending.
const MOST_PATIENCE: Duration = Duration::from_secs(60);

/// Who asks, and how far.
#[derive(Debug)]
pub(super) struct Fetcher<'a> {
    pub(super) api: &'a Api,
    pub(super) token: &'a Secret<String>,
    /// How many calls are left to others.
    pub(super) reserve: u64,
    /// When the run ends.
    pub(super) deadline: Timestamp,
}

/// What came of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    /// How many pages it has.
    pub(super) pages: usize,
    /// How many of them had not changed.
    pub(super) unchanged: usize,
}

/// Why a list was not read.
#[derive(Debug)]
pub(super) enum Unread {
    /// This one cannot be read; others may.
    This(GithubError),
    /// No other can be read now either.
    All(Stopped),
    /// What is kept cannot be written.
    Io(io::Error),
}

/// Why a run ends before its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// GitHub does not accept the token, cannot be reached, or wants to be left alone.
    Github(GithubError),
    /// What is left of the limit of calls is left to others.
    Reserve(Duration),
    /// Its time is over.
    Late,
}

impl Fetcher<'_> {
    /// Reads a list, and keeps it in the place of the one before. `keep` says which entries are worth it.
    pub(super) async fn fetch<T: Serialize + DeserializeOwned>(
        &self,
        listing: Listing<'_>,
        path: &Path,
        keep: impl Fn(&T) -> bool,
    ) -> Result<Fetched, Unread> {
        let mut before = KeptPages::open(path).map_err(Unread::Io)?;
        let mut new = NewPages::begin(path, Timestamp::now()).map_err(Unread::Io)?;
        let (mut fetched, mut place) = (Fetched::default(), self.api.github.first_page(listing));
        loop {
            let known: Option<KeptPage<T>> = match &mut before {
                Some(before) => before.next().map_err(Unread::Io)?.filter(|page| page.url == place),
                None => None,
            };
            // The mark of a full last page does not say that there is no page behind it now.
            let known = known.filter(|page| page.next.is_some() || !page.is_full);
            let etag = known.as_ref().and_then(|page| page.etag.as_ref());
            let (answer, budget) = match self.ask(listing, &place, etag).await? {
                PageAnswer::Unchanged(budget) => (None, budget),
                PageAnswer::Page(page, budget) => (Some(page), budget),
            };
            let page = match (answer, known) {
                (None, Some(known)) => {
                    fetched.unchanged += 1;
                    known
                }
                (None, None) => return Err(Unread::This(GithubError::Malformed { tried: "read a list" })),
                (Some(page), _) => {
                    let is_full = page.items.len() >= FULL;
                    let items = page.items.into_iter().filter(&keep).collect();
                    KeptPage { url: place.clone(), etag: page.etag, next: page.next, is_full, items }
                }
            };
            new.push(&page).map_err(Unread::Io)?;
            fetched.pages += 1;
            match page.next {
                Some(next) if next != place && fetched.pages < MOST_PAGES => place = next,
                Some(_) | None => break,
            }
            self.spare(budget)?;
        }
        new.finish().map_err(Unread::Io)?;
        Ok(fetched)
    }

    /// Asks for a page, a few times where that may help.
    async fn ask<T: DeserializeOwned>(
        &self,
        listing: Listing<'_>,
        place: &clawlets_github::PageUrl,
        known: Option<&clawlets_github::Etag>,
    ) -> Result<PageAnswer<T>, Unread> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let now = Timestamp::now();
            if now >= self.deadline {
                return Err(Unread::All(Stopped::Late));
            }
            let error = match self.api.github.page(listing, place, known, self.token, now).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = error.retry_after();
            let stops = || match &error {
                GithubError::Unauthorized { .. }
                | GithubError::Transport { .. }
                | GithubError::Limited { .. } => true,
                GithubError::Key { .. }
                | GithubError::Forbidden { .. }
                | GithubError::NotFound { .. }
                | GithubError::Refused { .. }
                | GithubError::Unavailable { .. }
                | GithubError::Unexpected { .. }
                | GithubError::Malformed { .. }
                | GithubError::TooBroad { .. }
                | GithubError::Expired { .. } => false,
            };
            let pause = pauses
                .next()
                .map(|pause| wait.unwrap_or(pause))
                .filter(|pause| error.is_temporary() && *pause <= MOST_PATIENCE && self.has_left(*pause));
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None if stops() => return Err(Unread::All(Stopped::Github(error))),
                None => return Err(Unread::This(error)),
            }
        }
    }

    fn has_left(&self, pause: Duration) -> bool {
        let left = self.deadline.duration_since(Timestamp::now());
        SignedDuration::try_from(pause).is_ok_and(|pause| pause < left)
    }

    /// Leaves the last calls of the limit to others.
    fn spare(&self, budget: Option<Budget>) -> Result<(), Unread> {
        match budget {
            Some(budget) if budget.remaining < self.reserve => {
                Err(Unread::All(Stopped::Reserve(budget.resets_in)))
            }
            Some(_) | None => Ok(()),
        }
    }
}
