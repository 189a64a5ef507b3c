//! The version of the store's file.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::store::error::StoreError;

/// Marks the file as ours, in its header.
const APPLICATION_ID: i32 = 0x436c_4a62;
/// What brings a store from each version to the next, from version 0, an empty file, on.
const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/001_jobs.sql"),
    include_str!("../../../migrations/002_tallies.sql"),
    include_str!("../../../migrations/003_ledger.sql"),
];

/// Refuses a file that is not a store, or that a newer program wrote. Changes nothing.
pub(super) fn identify(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let application: i32 = db.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = application == 0 && tables == 0;
    if !is_new && application != APPLICATION_ID {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let (found, known) = (version(db)?, newest(MIGRATIONS));
    if found > known { Err(StoreError::TooNew { found, known }) } else { Ok(()) }
}

/// Brings a store to this program's version, in one transaction.
pub(in crate::store) fn migrate(db: &mut Connection) -> Result<(), StoreError> {
    run(db, MIGRATIONS)
}

fn run(db: &mut Connection, migrations: &[&str]) -> Result<(), StoreError> {
    if version(db)? == newest(migrations) {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&tx)?;
    for migration in &migrations[found as usize..] {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", newest(migrations))?;
    tx.commit()?;
    Ok(())
}

fn version(db: &Connection) -> Result<u32, StoreError> {
    Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

fn newest(migrations: &[&str]) -> u32 {
    u32::try_from(migrations.len()).expect("there are few migrations")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_that_fails_leaves_the_store_as_it_was() {
        let mut db = Connection::open_in_memory().unwrap();
        run(&mut db, &MIGRATIONS[..1]).unwrap();
        let broken = [MIGRATIONS[0], "CREATE TABLE half (x); SELECT nothing FROM nowhere;"];
        run(&mut db, &broken).unwrap_err();
        assert_eq!(version(&db).unwrap(), 1);
        let halves: u32 = db
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(halves, 0);
        migrate(&mut db).unwrap();
        assert_eq!(version(&db).unwrap(), newest(MIGRATIONS));
    }
}
