//! Names are swapped while they are used: what an attacker in the same folder can do.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use clawlets_memory::{Caller, Expect, Memory, MemoryError, MemoryPath, Policy, Pulse, Query, Session};
use rustix::fs::{CWD, RenameFlags, renameat_with};

const TURNS: usize = 2_000;

fn memory(root: &Path) -> Memory {
    let session = Session {
        caller: Caller::of_this_process(),
        policy: Policy::default(),
        wait: Duration::from_secs(60),
        origin: None,
        now: jiff::Timestamp::now,
        pulse: Pulse::none(),
    };
    Memory::open(root, session).unwrap()
}

/// Exchanges two names again and again while `work` runs.
fn while_swapping(one: &Path, other: &Path, work: impl FnOnce()) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let attacker = scope.spawn(|| {
            let mut swaps = 0_u64;
            while !is_over.load(Ordering::Relaxed) {
                renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
                swaps += 1;
            }
            swaps
        });
        work();
        is_over.store(true, Ordering::Relaxed);
        assert!(attacker.join().unwrap() > 100, "the attacker was there");
    });
}

/// What may come of a call while names are swapped: it works inside, or is refused.
fn inside<T>(outcome: Result<T, MemoryError>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(MemoryError::Link { .. } | MemoryError::NotAFile { .. } | MemoryError::Missing(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_folder_that_is_swapped_with_a_link_leads_nobody_out() {
    let folder = tempfile::tempdir().unwrap();
    let (root, outside) = (folder.path().join("memory"), folder.path().join("outside"));
    fs::create_dir_all(root.join("notes")).unwrap();
    fs::create_dir(&outside).unwrap();
    fs::write(root.join("notes/a.md"), "inside").unwrap();
    fs::write(outside.join("a.md"), "outside").unwrap();
    symlink(&outside, root.join("link")).unwrap();
    let memory = memory(&root);
    let path = MemoryPath::parse("notes/a.md").unwrap();
    let new = MemoryPath::parse("notes/new.md").unwrap();
    let query = Query::literal("side").unwrap();
    while_swapping(&root.join("notes"), &root.join("link"), || {
        let (mut reads, mut refusals) = (0, 0);
        for turn in 0..TURNS {
            match inside(memory.read(&path)) {
                Some(found) => {
                    assert_eq!(found.content, b"inside");
                    reads += 1;
                }
                None => refusals += 1,
            }
            if turn % 20 == 0 {
                inside(memory.write(&new, b"x", Expect::Anything));
                inside(memory.append(&new, b"y"));
                let found = inside(memory.search(&query, None)).unwrap_or_default();
                assert!(found.hits.iter().all(|hit| hit.text == "inside"), "{found:?}");
            }
        }
        assert!(reads > 0 && refusals > 0, "{reads} reads, {refusals} refusals: the race was not met");
    });
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1, "nothing was made outside");
    assert_eq!(fs::read(outside.join("a.md")).unwrap(), b"outside");
}

#[test]
fn a_file_that_is_swapped_with_a_link_is_never_read_or_written_through() {
    let folder = tempfile::tempdir().unwrap();
    let (root, outside) = (folder.path().join("memory"), folder.path().join("outside.md"));
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.md"), "inside").unwrap();
    fs::write(&outside, "outside").unwrap();
    symlink(&outside, root.join("link")).unwrap();
    let memory = memory(&root);
    let path = MemoryPath::parse("a.md").unwrap();
    while_swapping(&root.join("a.md"), &root.join("link"), || {
        for turn in 0..TURNS {
            if let Some(found) = inside(memory.read(&path)) {
                assert_eq!(found.content, b"inside");
            }
            // A write puts a file where the link stood; the attacker moves it back and forth with what is left.
            if turn % 100 == 0 {
                inside(memory.write(&path, b"inside", Expect::Anything));
            }
        }
    });
    assert_eq!(fs::read(&outside).unwrap(), b"outside");
}
