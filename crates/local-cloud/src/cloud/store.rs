//! The project on disk: a SQLite database of JSON documents.
//!
//! The database is a convenience, not the truth about guests: what runs is what holds a lock in its directory. So a
//! database that cannot be read is set aside instead of keeping the cloud from starting.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::document::Document;
use crate::{error::Error, state_dir::open_private};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS document (
        kind TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;";
/// How long a reader such as `status` may hold a writer up.
const BUSY: Duration = Duration::from_secs(5);

/// A write or read that failed.
pub(crate) type StoreError = rusqlite::Error;

/// The open database.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
}

impl Store {
    /// Opens the database, or makes it. One that is damaged is set aside first.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        match Self::try_open(path) {
            Err(Error::Store { source, .. }) if is_damage(&source) => {
                let aside = set_aside(path).map_err(Error::file("set aside", path))?;
                tracing::error!(path = %path.display(), aside = %aside.display(), error = %source,
                    "the state is damaged; it was set aside, and guests are taken over from their directories");
                Self::try_open(path)
            }
            outcome => outcome,
        }
    }

    /// Opens the database of a cloud that may be running, to look at it only.
    pub(crate) fn open_to_read(path: &Path) -> Result<Option<Self>, Error> {
        if !path.exists() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let open = || {
            let connection = Connection::open_with_flags(path, flags)?;
            connection.busy_timeout(BUSY)?;
            Ok(Some(Self { connection }))
        };
        open().map_err(|source| Error::Store { path: path.to_path_buf(), source })
    }

    fn try_open(path: &Path) -> Result<Self, Error> {
        open_private(path).map_err(Error::file("open", path))?;
        let open = || {
            let connection = Connection::open(path)?;
            connection.busy_timeout(BUSY)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            // A power cut may lose the last changes, but it ends every guest as well.
            connection.pragma_update(None, "synchronous", "NORMAL")?;
            connection.query_row("PRAGMA quick_check", [], |row| row.get::<_, String>(0)).and_then(
                |verdict| {
                    if verdict == "ok" { Ok(()) } else { Err(damage(verdict)) }
                },
            )?;
            connection.execute_batch(SCHEMA)?;
            Ok(Self { connection })
        };
        open().map_err(|source| Error::Store { path: path.to_path_buf(), source })
    }

    /// Every document of a kind that can still be read.
    pub(crate) fn load<T: Document>(&self) -> Result<Vec<T>, StoreError> {
        let mut statement =
            self.connection.prepare("SELECT id, body FROM document WHERE kind = ?1 ORDER BY id")?;
        let rows =
            statement.query_map([T::KIND], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut documents = Vec::new();
        for row in rows {
            let (id, body) = row?;
            match serde_json::from_str::<T>(&body) {
                Ok(document) => documents.push(document),
                Err(error) => {
                    tracing::error!(kind = T::KIND, id, %error, "a record of the state cannot be read");
                }
            }
        }
        Ok(documents)
    }

    pub(crate) fn put<T: Document>(&self, document: &T) -> Result<(), StoreError> {
        let body = serde_json::to_string(document).expect("records have string keys only");
        let sql = "INSERT INTO document (kind, id, body) VALUES (?1, ?2, ?3)
                   ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body";
        self.connection.prepare_cached(sql)?.execute(params![T::KIND, signed(document.id()), body]).map(drop)
    }

    pub(crate) fn remove<T: Document>(&self, id: u64) -> Result<(), StoreError> {
        let sql = "DELETE FROM document WHERE kind = ?1 AND id = ?2";
        self.connection.prepare_cached(sql)?.execute(params![T::KIND, signed(id)]).map(drop)
    }

    /// An id that no record of this cloud has ever had.
    ///
    /// The first one is the time in seconds, so that ids are not used again when the whole state was deleted.
    pub(crate) fn next_id(&self) -> Result<u64, StoreError> {
        let sql = "INSERT INTO counter (name, value) VALUES ('id', ?1)
                   ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value";
        let first = Timestamp::now().as_second();
        let id: i64 = self.connection.prepare_cached(sql)?.query_row([first], |row| row.get(0))?;
        Ok(id.unsigned_abs())
    }

    /// Makes sure that ids up to this one are not given again.
    pub(crate) fn reserve_ids(&self, highest: u64) -> Result<(), StoreError> {
        let sql = "INSERT INTO counter (name, value) VALUES ('id', ?1)
                   ON CONFLICT (name) DO UPDATE SET value = max(value, ?1)";
        let first = Timestamp::now().as_second().max(signed(highest));
        self.connection.prepare_cached(sql)?.execute([first]).map(drop)
    }
}

/// SQLite's integers are signed; ids begin at the time in seconds and stay far below the difference.
fn signed(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

fn damage(verdict: String) -> StoreError {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(verdict))
}

fn is_damage(error: &StoreError) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Renames the database and the files that belong to it.
fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let suffix = format!("damaged-{}", Timestamp::now().as_second());
    for part in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(part);
        let from = PathBuf::from(name);
        if from.exists() {
            fs::rename(&from, from.with_added_extension(&suffix))?;
        }
    }
    let aside = path.with_added_extension(&suffix);
    fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::{Action, ActionCommand, action::ActionStatus};

    fn action(id: u64) -> Action {
        Action::begin(id, ActionCommand::CreateServer, Vec::new(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn documents_and_ids_survive_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        let store = Store::open(&path).unwrap();
        let first = store.next_id().unwrap();
        store.put(&action(first)).unwrap();
        store.put(&action(first + 1)).unwrap();
        store.remove::<Action>(first + 1).unwrap();
        drop(store);
        let store = Store::open(&path).unwrap();
        let loaded = store.load::<Action>().unwrap();
        assert_eq!(
            loaded.iter().map(|action| (action.id, action.status)).collect::<Vec<_>>(),
            [(first, ActionStatus::Running)]
        );
        assert_eq!(store.next_id().unwrap(), first + 1);
        store.reserve_ids(first + 100).unwrap();
        assert_eq!(store.next_id().unwrap(), first + 101);
    }

    #[test]
    fn a_damaged_database_is_set_aside_and_a_damaged_record_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        fs::write(
            &path,
            b"this is no database, but it is longer than a header of one hundred bytes would have to be",
        )
        .unwrap();
        let store = Store::open(&path).unwrap();
        assert_eq!(
            fs::read_dir(dir.path())
                .unwrap()
                .filter_map(Result::ok)
                .filter(|entry| { entry.file_name().to_string_lossy().contains("damaged") })
                .count(),
            1
        );
        let id = store.next_id().unwrap();
        store.put(&action(id)).unwrap();
        store.connection.execute("INSERT INTO document VALUES ('action', 1, '{')", []).unwrap();
        assert_eq!(store.load::<Action>().unwrap().len(), 1);
    }
}
