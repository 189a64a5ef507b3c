//! A process that dies without a word.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use clawlets_jobs::{Admission, Store, StoreOptions};
use clawlets_model::JobId;

use crate::fixture::{at, spawn};

/// Set for the child that is killed.
const STORE: &str = "CLAWLETS_TEST_STORE_OF_THE_KILLED";

/// Enqueues for ever, from many callers at once, and prints what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the child process of another test"]
async fn child_enqueues_until_it_is_killed() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let store = Store::open(&StoreOptions::new(Path::new(&path))).unwrap();
    let first = u128::from(store.counts().await.unwrap().queued) * 1_000_000;
    let callers = (0..16).map(|caller| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let new = spawn(first + caller * 1_000_000_000_000 + number);
                let job = store.enqueue(new, Admission::default(), at(0)).await.unwrap().job;
                writeln!(std::io::stdout().lock(), "acknowledged {job}").unwrap();
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
}

/// Ends with the test, also when the test fails.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// The jobs that a child was told of before it was killed.
fn acknowledged(path: &Path, at_least: usize) -> Vec<JobId> {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["killed::child_enqueues_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(STORE, path)
        .stdout(Stdio::piped());
    let mut child = Killed(command.spawn().unwrap());
    let mut said = BufReader::new(child.0.stdout.take().unwrap());
    let mut text = String::new();
    while text.lines().count() < at_least {
        assert_ne!(said.read_line(&mut text).unwrap(), 0, "the child ended: {text}");
    }
    drop(child);
    said.read_to_string(&mut text).unwrap();
    // The last line may be cut off in the middle.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole
        .lines()
        .filter_map(|line| line.strip_prefix("acknowledged "))
        .map(|id| JobId::parse(id).unwrap())
        .collect()
}

#[tokio::test]
async fn whatever_was_acknowledged_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.sqlite");
    let mut known = Vec::new();
    for _ in 0..3 {
        known.extend(acknowledged(&path, 150));
        let store = Store::open(&StoreOptions::new(&path)).unwrap();
        for job in &known {
            assert!(store.get(*job).await.unwrap().is_some(), "{job} was acknowledged and is lost");
            assert_eq!(store.events(*job, 0).await.unwrap().len(), 1);
        }
        assert!(store.counts().await.unwrap().queued >= known.len() as u64);
    }
}
