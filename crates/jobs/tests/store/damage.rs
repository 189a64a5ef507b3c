//! Disks that fill up, files that rot, folders that cannot be written to.

use std::{
    fs::{self, OpenOptions},
    io::{Seek as _, SeekFrom, Write as _},
    os::unix::fs::{PermissionsExt as _, chown},
    path::Path,
    process::Command,
    time::Duration,
};

use clawlets_jobs::{Admission, EnqueueError, NewJob, Store, StoreError, StoreOptions};

use crate::fixture::{Bed, at, id, spawn};

fn large(number: u128) -> NewJob {
    NewJob { snapshot: Some(vec![7; 20_000]), ..spawn(number) }
}

#[tokio::test]
async fn a_full_disk_is_told_and_loses_nothing_that_was_answered() {
    let dir = tempfile::tempdir().unwrap();
    let options =
        StoreOptions { max_bytes: Some(1_000_000), ..StoreOptions::new(dir.path().join("s.sqlite")) };
    let store = Store::open(&options).unwrap();
    let callers = (0..200).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { store.enqueue(large(number), Admission::default(), at(0)).await })
    });
    let mut accepted = Vec::new();
    let mut refused = 0;
    for caller in callers.collect::<Vec<_>>() {
        match caller.await.unwrap() {
            Ok(answer) => accepted.push(answer.job),
            Err(EnqueueError::Store(StoreError::Full(_))) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    // Callers of one commit fail together; those who come alone get what is left.
    for number in 200..300 {
        match store.enqueue(large(number), Admission::default(), at(0)).await {
            Ok(answer) => accepted.push(answer.job),
            Err(EnqueueError::Store(StoreError::Full(_))) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(!accepted.is_empty() && refused > 0, "{} accepted, {refused} refused", accepted.len());
    drop(store);

    let store = Store::open(&options).unwrap();
    assert_eq!(store.counts().await.unwrap().queued, accepted.len() as u64);
    for job in &accepted {
        assert!(store.payload(*job).await.unwrap().unwrap().snapshot.is_some());
    }
    let job = accepted[0];
    drop(store);
    let store = Store::open(&StoreOptions { max_bytes: None, ..options }).unwrap();
    store.apply(job, clawlets_jobs::Fence::Open, clawlets_jobs::Event::CancelRequested, at(1)).await.unwrap();
    assert_eq!(store.prune(Duration::ZERO, at(2)).await.unwrap(), [job]);
}

#[test]
fn a_file_that_is_no_database_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.sqlite");
    fs::write(&path, "once upon a time, there was a file that was no database at all".repeat(100)).unwrap();
    let error = Store::open(&StoreOptions::new(&path)).unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
}

#[test]
fn a_database_of_something_else_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE jobs (x)").unwrap();
    let before = fs::read(&path).unwrap();
    let error = Store::open(&StoreOptions::new(&path)).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn rotten_pages_are_reported_and_not_believed() {
    let bed = Bed::new();
    for number in 0..200 {
        bed.enqueue(spawn(number), 0).await;
    }
    let path = bed.path();
    let _dir = bed.into_dir();
    let size = fs::metadata(&path).unwrap().len();
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(8_192)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(size).unwrap() - 8_192]).unwrap();
    drop(file);
    let outcome = match Store::open(&StoreOptions::new(&path)) {
        Ok(store) => store.get(id(150)).await.map(drop),
        Err(error) => Err(error),
    };
    assert!(matches!(outcome, Err(StoreError::Corrupt(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_row_that_this_program_cannot_have_written_is_reported() {
    let bed = Bed::new();
    let job = bed.enqueue(spawn(1), 0).await;
    let db = rusqlite::Connection::open(bed.path()).unwrap();
    db.execute("UPDATE jobs SET phase = 'dreaming'", []).unwrap();
    let error = bed.store.get(job).await.unwrap_err();
    assert_eq!(error.to_string(), "the store is damaged: phase \"dreaming\" is not valid");
}

/// Set for the child of [`a_folder_that_cannot_be_written_to_is_told`].
const READ_ONLY_STORE: &str = "CLAWLETS_TEST_READ_ONLY_STORE";

#[test]
#[ignore = "the child process of another test"]
fn child_opens_a_store_that_it_may_not_write_to() {
    let Some(path) = std::env::var_os(READ_ONLY_STORE) else { return };
    let error = Store::open(&StoreOptions::new(Path::new(&path))).unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error:?}");
    println!("told: {error}");
}

/// Root may write everywhere, so the store is opened by a child that is somebody else.
#[test]
fn a_folder_that_cannot_be_written_to_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    fs::create_dir(&folder).unwrap();
    let program = dir.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(&program);
    command
        .args(["damage::child_opens_a_store_that_it_may_not_write_to", "--exact", "--ignored", "--nocapture"])
        .env(READ_ONLY_STORE, folder.join("state.sqlite"));
    if chown(dir.path(), Some(0), None).is_ok() {
        std::os::unix::process::CommandExt::uid(&mut command, 65_534);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("told: failed to open"), "{said}");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
}
