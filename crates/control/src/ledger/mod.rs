//! What was deployed and what is under way: the one thing that must be true across crashes and between two servers.
//!
//! A [`Ledger`] is a small document with the last deploys and a lease that keeps two of them apart. Its steps are pure:
//! whoever takes one reads the document, takes the step, and writes it back only if nobody else wrote meanwhile (see
//! `store`). So there is one place that says what may follow what, whatever keeps the document.

mod deploy;
mod follow;
mod reserve;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use deploy::{Deployment, Failure, Stage};
pub use follow::Due;
pub use reserve::{Reserved, Spans, Wanted};

/// How many deploys are remembered.
const MOST: usize = 300;

/// The deploys that are remembered, and who holds the lease.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ledger {
    /// The deploy that runs, if one does.
    #[serde(default)]
    lease: Option<Lease>,
    /// The deploys, the oldest first.
    #[serde(default)]
    deploys: Vec<Deployment>,
    /// The mark of the head of the audit log that was published last.
    #[serde(default)]
    published: Option<String>,
}

/// That a deploy runs, and until when nobody doubts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lease {
    owner: String,
    expires_at: Timestamp,
}

impl Ledger {
    /// The deploy of that id.
    #[must_use]
    pub fn deploy(&self, id: &str) -> Option<&Deployment> {
        self.deploys.iter().rev().find(|deploy| deploy.id == id)
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<&Deployment> {
        self.deploys.last()
    }

    /// The mark of the head of the audit log that was published last.
    #[must_use]
    pub fn published(&self) -> Option<&str> {
        self.published.as_deref()
    }

    fn deploy_mut(&mut self, id: &str) -> Option<&mut Deployment> {
        self.deploys.iter_mut().rev().find(|deploy| deploy.id == id)
    }

    fn release(&mut self, id: &str) {
        if self.lease.as_ref().is_some_and(|lease| lease.owner == id) {
            self.lease = None;
        }
    }

    fn forget(&mut self) {
        let too_many = self.deploys.len().saturating_sub(MOST);
        self.deploys.drain(..too_many);
    }
}
