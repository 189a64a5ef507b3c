//! Stores that earlier versions wrote.

use std::{fs, path::PathBuf};

use clawlets_jobs::{Filter, Found, Redeemed, Scope, SessionStanding, Store, StoreError, StoreOptions};
use clawlets_model::{JobId, Phase, Reason, Status, VmState};
use rusqlite::Connection;

use crate::fixture::{at, finished, id, redemption, session, worker};

/// The version that this program writes, by the file of a new store.
fn newest() -> u32 {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.sqlite");
    drop(Store::open(&StoreOptions::new(&path)).unwrap());
    Connection::open(&path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// The text of a store of that version, kept as it was written then.
fn kept(version: u32) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/store-v{version}.sql"));
    fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("every version needs an example of its store: {}: {error}", path.display())
    })
}

fn schema(db: &Connection) -> Vec<(String, String)> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_store_of_every_earlier_version_is_read_and_used() {
    for version in 1..=newest() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        Connection::open(&path).unwrap().execute_batch(&kept(version)).unwrap();
        let store = Store::open(&StoreOptions::new(&path)).unwrap();

        let page = store.list(Filter::default()).await.unwrap();
        let found: Vec<(JobId, Status, Phase, VmState)> =
            page.jobs.iter().map(|job| (job.id, job.status, job.phase, job.vm.state)).collect();
        let expected = [
            (id(5), Status::Queued, Phase::Reserving, VmState::None),
            (id(4), Status::Queued, Phase::Queued, VmState::None),
            (id(3), Status::Running, Phase::Ready, VmState::Live),
            (id(2), Status::Failed, Phase::Deleting, VmState::Deleting),
            (id(1), Status::Done, Phase::Gone, VmState::Gone),
        ];
        assert_eq!(found, expected, "version {version}");
        let counts = store.counts().await.unwrap();
        assert_eq!((counts.queued, counts.waiting, counts.running, counts.slots), (2, 1, 1, 2));

        let done = store.get(id(1)).await.unwrap().unwrap();
        assert_eq!(
            (done.reason, done.exit_code, done.ended_at),
            (Some(Reason::Finished), Some(0), Some(at(10)))
        );
        assert_eq!(store.result(id(1)).await.unwrap(), Some(finished()));
        assert_eq!(store.events(id(1), 0).await.unwrap().len(), 9);
        assert_eq!(store.artifacts(id(3)).await.unwrap()[0].name.as_str(), "out/report.json");
        let payload = store.payload(id(4)).await.unwrap().unwrap();
        assert_eq!((payload.body["persona"].as_str(), payload.snapshot), (Some("rex"), Some(vec![1, 2, 3])));
        assert!(matches!(store.find(Scope::All, "cattle-rex-3").await.unwrap(), Found::One(_)));

        assert!(matches!(store.session(session(3, "n"), at(20)).await.unwrap(), SessionStanding::Open(_)));
        assert!(matches!(store.redeem(redemption(3, "n"), at(20)).await.unwrap(), Redeemed::Repeated(_)));
        let claimed = store.claim(worker("w"), clawlets_jobs::LEASE, None, at(1_000)).await.unwrap().unwrap();
        assert!(claimed.lease_epoch == 2 && claimed.vm.may_exist(), "{claimed:?}");
    }
}

#[test]
fn a_migrated_store_is_like_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let fresh = dir.path().join("fresh.sqlite");
    drop(Store::open(&StoreOptions::new(&fresh)).unwrap());
    for version in 1..=newest() {
        let old = dir.path().join(format!("v{version}.sqlite"));
        Connection::open(&old).unwrap().execute_batch(&kept(version)).unwrap();
        drop(Store::open(&StoreOptions::new(&old)).unwrap());
        let [old, fresh] = [&old, &fresh].map(|path| Connection::open(path).unwrap());
        assert_eq!(schema(&old), schema(&fresh), "version {version}");
        let sound: String = old.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }
}

#[test]
fn a_store_of_a_newer_program_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.sqlite");
    drop(Store::open(&StoreOptions::new(&path)).unwrap());
    let newer = newest() + 1;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", newer).unwrap();
    let before = fs::read(&path).unwrap();
    let error = Store::open(&StoreOptions::new(&path)).unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found, .. } if found == newer), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}
