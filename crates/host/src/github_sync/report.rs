//! What came of a run.

use clawlets_github::Repository;
use jiff::Timestamp;
use serde::Serialize;

/// What came of a run, for people and programs.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// When it was done.
    pub as_of: Timestamp,
    /// Every repository, by name.
    pub repositories: Vec<RepositoryReport>,
    /// Why it ended before its end, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// Why the repositories are those of an earlier run, if they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlisted: Option<String>,
    /// Pages that were read.
    pub pages: usize,
    /// Pages of these that had not changed, and were not sent again.
    pub unchanged: usize,
}

/// What came of one repository.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RepositoryReport {
    /// Which.
    pub repository: Repository,
    /// Its open pull requests.
    pub pull_requests: Standing,
    /// Its open issues.
    pub issues: Standing,
}

/// How a list stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// When it was read; never, if none.
    pub read_at: Option<Timestamp>,
    /// How many entries it has.
    pub open: usize,
    /// Why it was not read in this run; none if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<String>,
}

impl Report {
    /// A run that has read nothing yet.
    pub(super) const fn empty(now: Timestamp) -> Self {
        Self { as_of: now, repositories: Vec::new(), stopped: None, unlisted: None, pages: 0, unchanged: 0 }
    }

    /// The lists that were not read in this run.
    pub fn stale(&self) -> impl Iterator<Item = (&Repository, &'static str, &Standing)> {
        self.repositories.iter().flat_map(|of| {
            [(&of.repository, "pull requests", &of.pull_requests), (&of.repository, "issues", &of.issues)]
                .into_iter()
                .filter(|(_, _, standing)| standing.stale.is_some())
        })
    }

    /// Whether anything at all was read.
    #[must_use]
    pub fn has_read(&self) -> bool {
        if self.repositories.is_empty() {
            return self.stopped.is_none();
        }
        self.repositories.iter().any(|of| of.pull_requests.stale.is_none() || of.issues.stale.is_none())
    }
}
