//! How much is measured.

use std::time::Duration;

/// How much is measured.
#[derive(Debug, Clone)]
pub(crate) struct Scale {
    /// Whether these numbers are too small to mean anything.
    pub(crate) is_smoke: bool,
    /// Jobs in the store that is not empty.
    pub(crate) rows: u64,
    /// How many of these wait in the queue.
    pub(crate) queued_rows: u64,
    /// How often each side is measured. The median counts.
    pub(crate) rounds: usize,
    /// Jobs of one round over many connections.
    pub(crate) jobs: usize,
    /// Jobs of one round over one connection, or with one commit each.
    pub(crate) jobs_one_by_one: usize,
    /// Connections at the same time.
    pub(crate) connections: usize,
    /// How often a program is started whose time is taken.
    pub(crate) starts: usize,
    /// How long an idle process is watched.
    pub(crate) watch: Duration,
    /// Virtual machines one after the other.
    pub(crate) spawns: usize,
    /// Virtual machines at once.
    pub(crate) spawns_at_once: usize,
    /// Hosts in the declaration that is checked.
    pub(crate) hosts: usize,
    /// Files in the push that is checked.
    pub(crate) files: usize,
    /// Pull requests and issues that are synced.
    pub(crate) items: u64,
}

impl Scale {
    /// What the published figures are measured with.
    pub(crate) fn full() -> Self {
        Self {
            is_smoke: false,
            rows: 1_000_000,
            queued_rows: 20_000,
            rounds: 5,
            jobs: 10_000,
            jobs_one_by_one: 2_000,
            connections: 32,
            starts: 100,
            watch: Duration::from_secs(60),
            spawns: 12,
            spawns_at_once: 12,
            hosts: 10_000,
            files: 5_000,
            items: 100_000,
        }
    }

    /// The same with another number of jobs in the store, of which one in fifty waits in the queue.
    pub(crate) fn with_rows(self, rows: u64) -> Self {
        Self { rows, queued_rows: rows / 50, ..self }
    }

    /// Enough to see that a benchmark works.
    pub(crate) fn smoke() -> Self {
        Self {
            is_smoke: true,
            rows: 500,
            queued_rows: 50,
            rounds: 1,
            jobs: 40,
            jobs_one_by_one: 10,
            connections: 4,
            starts: 3,
            watch: Duration::from_millis(200),
            spawns: 1,
            spawns_at_once: 1,
            hosts: 20,
            files: 20,
            items: 300,
        }
    }
}
