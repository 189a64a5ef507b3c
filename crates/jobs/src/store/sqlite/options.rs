//! Where the store is, and how its file is opened.

use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

use rusqlite::{Connection, OpenFlags};

use super::migrations;
use crate::store::error::StoreError;

/// How long a connection waits for another one. Only checkpoints can make one wait.
const BUSY: Duration = Duration::from_secs(5);
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 96;
/// See [`StoreOptions::operations_per_commit`].
const PER_COMMIT: NonZeroUsize = NonZeroUsize::new(512).expect("512 is not zero");

/// Where the store is and how large it may become.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// Its file. The folder is made with mode 0700, the file with 0600.
    pub path: PathBuf,
    /// The largest size of the file in bytes, rounded down to whole pages; no limit when it is not given. Writes that
    /// need more fail with [`StoreError::Full`].
    pub max_bytes: Option<u64>,
    /// How many operations share one wait for the disk at most, so that the first of them is not kept waiting for long.
    /// With 1, each waits for itself.
    pub operations_per_commit: NonZeroUsize,
}

impl StoreOptions {
    /// A store without a size limit, with up to 512 operations for each commit.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), max_bytes: None, operations_per_commit: PER_COMMIT }
    }

    /// The connection that writes, once the file is known to be a store.
    pub(in crate::store) fn connect(&self) -> Result<Connection, StoreError> {
        let db = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrations::identify(&db, &self.path)?;
        let mode: String = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(StoreError::malformed("journal mode", &mode));
        }
        db.pragma_update(None, "synchronous", "FULL")?;
        db.pragma_update(None, "foreign_keys", true)?;
        db.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
        if let Some(max_bytes) = self.max_bytes {
            let page: u64 = db.query_row("PRAGMA page_size", [], |row| row.get(0))?;
            db.query_row(&format!("PRAGMA max_page_count = {}", (max_bytes / page).max(1)), [], |_| Ok(()))?;
        }
        Ok(db)
    }

    /// A connection that only reads.
    pub(super) fn connect_to_read(&self) -> Result<Connection, StoreError> {
        self.open(OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    fn open(&self, access: OpenFlags) -> Result<Connection, StoreError> {
        let db = Connection::open_with_flags(&self.path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        db.busy_timeout(BUSY)?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(db)
    }
}
