//! The ledger in an SQLite file, for a server with a disk. Several servers may share the file.

use std::{
    fmt,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};

use super::{LedgerStore, StoreError, Versioned, read, write};
use crate::ledger::Ledger;

/// How long one server waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(5);

/// A ledger in a file.
pub struct SqliteStore {
    reader: Mutex<Connection>,
    writer: Arc<Mutex<Connection>>,
    kept: Mutex<Versioned>,
}

impl SqliteStore {
    /// The ledger in this file, which is made where it is missing. Nobody but its owner can read it.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let writer = connect(path)?;
        writer.execute_batch(
            "CREATE TABLE IF NOT EXISTS ledger (
                one INTEGER PRIMARY KEY CHECK (one = 1),
                version INTEGER NOT NULL,
                document TEXT NOT NULL
             ) STRICT",
        )?;
        restrict(path);
        let reader = Mutex::new(connect(path)?);
        Ok(Self { reader, writer: Arc::new(Mutex::new(writer)), kept: Mutex::default() })
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A deploy must not be forgotten that GitHub was asked for.
    connection.pragma_update(None, "synchronous", "FULL")?;
    Ok(connection)
}

fn restrict(path: &Path) {
    use std::{fs, os::unix::fs::PermissionsExt};
    // Where that fails the folder decides who reads, as for every file beside it.
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl LedgerStore for SqliteStore {
    /// A read takes microseconds and waits for no writer, so it is made where it is asked for.
    async fn load(&self) -> Result<Versioned, StoreError> {
        let reader = lock(&self.reader);
        let mut statement = reader.prepare_cached("SELECT version FROM ledger WHERE one = 1")?;
        let version: Option<u64> = statement.query_row([], |row| row.get(0)).optional()?;
        let mut kept = lock(&self.kept);
        if version.unwrap_or_default() == kept.version {
            return Ok(kept.clone());
        }
        let mut statement = reader.prepare_cached("SELECT version, document FROM ledger WHERE one = 1")?;
        let (version, document): (u64, String) =
            statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        *kept = Versioned { version, ledger: Arc::new(read(&document)?) };
        Ok(kept.clone())
    }

    async fn replace(&self, version: u64, ledger: Arc<Ledger>) -> Result<bool, StoreError> {
        let writer = Arc::clone(&self.writer);
        let written = tokio::task::spawn_blocking(move || {
            let document = write(&ledger);
            let writer = lock(&writer);
            let next = version + 1;
            let changed = if version == 0 {
                writer.execute("INSERT OR IGNORE INTO ledger VALUES (1, ?1, ?2)", params![next, document])
            } else {
                let update = "UPDATE ledger SET version = ?1, document = ?2 WHERE one = 1 AND version = ?3";
                writer.execute(update, params![next, document, version])
            };
            changed.map(|rows| rows == 1)
        });
        Ok(written.await.map_err(|_| StoreError::CutOff)??)
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::{Reserved, Spans, Wanted},
        store::step,
    };
    use jiff::Timestamp;

    const SPANS: Spans = Spans {
        lease: Duration::from_secs(3600),
        between: Duration::from_secs(1800),
        claim: Duration::from_secs(15),
        run: Duration::from_secs(60),
    };

    fn wanted(id: usize) -> Wanted {
        Wanted {
            id: id.to_string(),
            key: None,
            actor: "human".to_owned(),
            bot: None,
            target: "web-1".to_owned(),
            image: None,
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_at_once_in_two_servers_one_gets_the_lease() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.sqlite");
        let servers = [SqliteStore::open(&path).unwrap(), SqliteStore::open(&path).unwrap()].map(Arc::new);
        let now = Timestamp::now();
        let tasks = (0..16).map(|id| {
            let store = Arc::clone(&servers[id % 2]);
            tokio::spawn(async move {
                let wish = wanted(id);
                step(&*store, |ledger| ledger.reserve(&wish, now, &SPANS)).await.unwrap()
            })
        });
        let mut taken = 0;
        for task in tasks.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Reserved::Taken(_) => taken += 1,
                Reserved::Busy(_) => {}
                other @ (Reserved::Resumed(_)
                | Reserved::Replay(_)
                | Reserved::InFlight(_)
                | Reserved::KeyReused
                | Reserved::TooSoon(_)) => panic!("{other:?}"),
            }
        }
        assert_eq!(taken, 1);
    }

    #[tokio::test]
    async fn what_was_written_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.sqlite");
        let store = SqliteStore::open(&path).unwrap();
        step(&store, |ledger| ledger.reserve(&wanted(1), Timestamp::now(), &SPANS)).await.unwrap();
        drop(store);
        let read = SqliteStore::open(&path).unwrap().load().await.unwrap();
        assert_eq!((read.version, read.ledger.last().map(|deploy| deploy.id.as_str())), (1, Some("1")));
    }

    #[tokio::test]
    async fn what_is_not_ours_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.sqlite");
        let store = SqliteStore::open(&path).unwrap();
        Connection::open(&path).unwrap().execute("INSERT INTO ledger VALUES (1, 7, 'x')", []).unwrap();
        assert!(matches!(store.load().await, Err(StoreError::Damaged)));
    }
}
