use std::{fs, os::unix::fs::PermissionsExt as _};

use clawlets_jobs::{Store, StoreError, StoreOptions};

use crate::fixture::{Bed, spawn};

#[tokio::test]
async fn a_second_daemon_is_told_who_holds_the_store() {
    let bed = Bed::new();
    let error = Store::open(&StoreOptions::new(bed.path())).unwrap_err();
    let StoreError::Held { pid, .. } = &error else { panic!("{error}") };
    assert_eq!(*pid, Some(std::process::id()));
    assert!(error.to_string().ends_with(&format!("is held by process {}", std::process::id())), "{error}");
    bed.reopen();
}

#[test]
fn the_store_is_held_until_the_last_handle_goes() {
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions::new(dir.path().join("state.sqlite"));
    let store = Store::open(&options).unwrap();
    let other = store.clone();
    drop(store);
    assert!(matches!(Store::open(&options).unwrap_err(), StoreError::Held { .. }));
    drop(other);
    Store::open(&options).unwrap();
}

#[tokio::test]
async fn files_are_private_to_their_owner() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("deep/er/state.sqlite");
    let store = Store::open(&StoreOptions::new(&path)).unwrap();
    store.enqueue(spawn(1), clawlets_jobs::Admission::default(), crate::fixture::at(0)).await.unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    let entries: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().path()).collect();
    assert!(entries.len() >= 3, "{entries:?}");
    for entry in entries {
        assert_eq!(mode(&entry), 0o600, "{}", entry.display());
    }
}

#[test]
fn a_file_that_was_too_open_is_closed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.sqlite");
    fs::write(&path, b"").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Store::open(&StoreOptions::new(&path)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_folder_that_others_may_write_to_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o770)).unwrap();
    let error = Store::open(&StoreOptions::new(dir.path().join("state.sqlite"))).unwrap_err();
    assert!(matches!(error, StoreError::Exposed { mode: 0o770, .. }), "{error}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
