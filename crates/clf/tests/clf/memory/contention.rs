//! Readers share, writers exclude.

use std::{
    fs::File,
    io::Write,
    process::Stdio,
    time::{Duration, Instant},
};

use clawlets_stand_in::Ran;
use nix::fcntl::{Flock, FlockArg};

use super::desk::{Desk, refused};

fn hold(desk: &Desk, path: &str, how: FlockArg) -> Flock<File> {
    let lock = File::options().read(true).write(true).open(desk.place(path)).unwrap();
    Flock::lock(lock, how).unwrap()
}

#[test]
fn a_lock_that_is_held_for_long_is_reported_with_its_holder_after_five_seconds() {
    let desk = Desk::new();
    desk.clf(&["write", "a.md", "old"]);
    let held = hold(&desk, ".a.md.lock", FlockArg::LockExclusive);
    let begun = Instant::now();
    let write = desk.started(&["write", "a.md", "new"]);
    let read = desk.started(&["read", "a.md"]);
    for waiting in [write, read] {
        let ran = Ran::from(waiting.wait_with_output().unwrap());
        refused!(ran, 4, "busy");
        assert!(ran.talk.contains(&format!("process {}", std::process::id())), "{ran}");
    }
    assert!(begun.elapsed() >= Duration::from_secs(5), "the default wait is five seconds");
    // What waits longer gets its turn.
    let patient = desk.started(&["write", "a.md", "new", "--wait", "1m"]);
    drop(held);
    assert_eq!(patient.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(desk.content("a.md"), "new");
}

#[test]
fn readers_share_and_hold_up_writers_only() {
    let desk = Desk::new();
    desk.clf(&["write", "a.md", "x"]);
    let _held = hold(&desk, ".a.md.lock", FlockArg::LockShared);
    assert_eq!(desk.clf(&["read", "a.md", "--wait", "0"]).out, "x");
    refused!(desk.clf(&["write", "a.md", "y", "--wait", "0"]), 4, "busy");
    assert_eq!(desk.clf(&["write", "b.md", "y", "--wait", "0"]).code, Some(0), "another file is free");
}

#[test]
fn who_waits_for_its_input_holds_nothing() {
    let desk = Desk::new();
    desk.clf(&["write", "a.md", "old"]);
    let mut slow = desk.started(&["write", "a.md"]);
    slow.stdin.as_mut().unwrap().write_all(b"half of").unwrap();
    assert_eq!(
        desk.clf(&["read", "a.md", "--wait", "0"]).out,
        "old",
        "nothing is cut off before the input is there"
    );
    assert_eq!(desk.clf(&["append", "a.md", "x", "--wait", "0"]).code, Some(0));
    slow.stdin.take().unwrap().write_all(b" it").unwrap();
    assert_eq!(slow.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(desk.content("a.md"), "half of it");
}

#[test]
fn a_lock_outlives_the_file_and_one_that_was_removed_excludes_nobody() {
    let desk = Desk::new();
    desk.clf(&["write", "a.md", "one"]);
    let held = hold(&desk, ".a.md.lock", FlockArg::LockExclusive);
    std::fs::remove_file(desk.place("a.md")).unwrap();
    refused!(desk.clf(&["write", "a.md", "two", "--wait", "0"]), 4, "busy");
    // Whoever removes the lock's file takes it from those who come later.
    std::fs::remove_file(desk.place(".a.md.lock")).unwrap();
    assert_eq!(desk.clf(&["write", "a.md", "two", "--wait", "0"]).code, Some(0));
    drop(held);
}

#[test]
fn of_twenty_that_saw_the_same_version_one_changes_it() {
    let desk = Desk::new();
    desk.put("a.md", "start");
    let digest = desk.clf(&["read", "a.md", "--json"]).json()["sha256"].as_str().unwrap().to_owned();
    let writers: Vec<_> = (0..20)
        .map(|number| {
            let mut command = desk.command(&["write", "a.md", &number.to_string(), "--if-match", &digest]);
            command.args(["--wait", "1m"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut codes: Vec<_> =
        writers.into_iter().map(|writer| writer.wait_with_output().unwrap().status.code().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!((codes[0], &codes[1..]), (0, &[5; 19][..]));
}
