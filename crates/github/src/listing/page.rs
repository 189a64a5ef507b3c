//! Asking for a page.

use std::time::Duration;

use clawlets_model::Secret;
use jiff::Timestamp;
use reqwest::{
    Method, StatusCode,
    header::{HeaderMap, IF_NONE_MATCH},
};
use serde::de::DeserializeOwned;
use url::Url;

use super::{Etag, Owner, PageUrl};
use crate::{Github, GithubError, Repository, answer::Answer, github::Call};

/// How many entries a page has: the most that GitHub sends.
const PER_PAGE: &str = "100";
/// How much of a page is read, in bytes: a hundred entries whose texts are as long as GitHub lets them be.
const MAX_PAGE: usize = 32 * 1024 * 1024;

/// What is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing<'a> {
    /// The open pull requests of a repository, the oldest first, so that what is new changes the last page only.
    PullRequests(&'a Repository),
    /// Its open issues, in the same order. GitHub lists pull requests among them.
    Issues(&'a Repository),
    /// The repositories of an organisation, by name.
    Repositories(&'a Owner),
}

/// What the limit of calls leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// How many more calls are taken.
    pub remaining: u64,
    /// How long it is until the count begins anew.
    pub resets_in: Duration,
}

/// One page.
#[derive(Debug)]
pub struct Page<T> {
    /// Its entries.
    pub items: Vec<T>,
    /// Its mark, if it has one.
    pub etag: Option<Etag>,
    /// Where the next one is; none at the end.
    pub next: Option<PageUrl>,
}

/// What comes of asking for a page.
#[derive(Debug)]
pub enum PageAnswer<T> {
    /// It is what it was.
    Unchanged(Option<Budget>),
    /// It is this.
    Page(Page<T>, Option<Budget>),
}

impl Listing<'_> {
    const fn tried(&self) -> &'static str {
        match self {
            Self::PullRequests(_) => "list pull requests",
            Self::Issues(_) => "list issues",
            Self::Repositories(_) => "list the repositories",
        }
    }

    /// The path and the query of the first page.
    fn first(&self) -> (Vec<&str>, &'static [(&'static str, &'static str)]) {
        const OPEN: &[(&str, &str)] =
            &[("state", "open"), ("sort", "created"), ("direction", "asc"), ("per_page", PER_PAGE)];
        const BY_NAME: &[(&str, &str)] =
            &[("sort", "full_name"), ("direction", "asc"), ("per_page", PER_PAGE)];
        match *self {
            Self::PullRequests(repository) => {
                (vec!["repos", repository.owner(), repository.name().as_str(), "pulls"], OPEN)
            }
            Self::Issues(repository) => {
                (vec!["repos", repository.owner(), repository.name().as_str(), "issues"], OPEN)
            }
            Self::Repositories(owner) => (vec!["orgs", owner.as_str(), "repos"], BY_NAME),
        }
    }
}

impl Github {
    /// Where the first page of a list is.
    #[must_use]
    pub fn first_page(&self, listing: Listing<'_>) -> PageUrl {
        let (path, query) = listing.first();
        let mut url: Url = self.api.join(&path);
        url.query_pairs_mut().extend_pairs(query);
        PageUrl::new(url)
    }

    /// One page of a list: the one at `place`, unless it still has the mark `known`. `now` turns the time at which a
    /// limit ends into a span.
    ///
    /// # Errors
    /// [`GithubError`]. [`GithubError::Malformed`] also when a page leads away from GitHub's API.
    pub async fn page<T: DeserializeOwned>(
        &self,
        listing: Listing<'_>,
        place: &PageUrl,
        known: Option<&Etag>,
        token: &Secret<String>,
        now: Timestamp,
    ) -> Result<PageAnswer<T>, GithubError> {
        let tried = listing.tried();
        if !self.api.holds(place.url()) {
            return Err(GithubError::Malformed { tried });
        }
        let call = Call::new(tried, Method::GET, &[], token);
        let mut request = self.request(&call, place.url().clone());
        if let Some(known) = known {
            request = request.header(IF_NONE_MATCH, known.as_str());
        }
        let response = request
            .send()
            .await
            .map_err(|error| GithubError::Transport { tried, source: error.without_url() })?;
        let budget = budget(response.headers(), now);
        if response.status() == StatusCode::NOT_MODIFIED && known.is_some() {
            return Ok(PageAnswer::Unchanged(budget));
        }
        let etag = Etag::of(response.headers());
        let next = PageUrl::next(response.headers(), &self.api);
        let items = Answer::read_within(&call, response, now, MAX_PAGE).await?.json()?;
        let next = next.map_err(|_| GithubError::Malformed { tried })?;
        Ok(PageAnswer::Page(Page { items, etag, next }, budget))
    }
}

/// What an answer says about the limit of calls.
fn budget(headers: &HeaderMap, now: Timestamp) -> Option<Budget> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let remaining = u64::try_from(number("x-ratelimit-remaining")?).ok()?;
    let resets_in = number("x-ratelimit-reset")?.saturating_sub(now.as_second()).max(0).unsigned_abs();
    Some(Budget { remaining, resets_in: Duration::from_secs(resets_in) })
}
