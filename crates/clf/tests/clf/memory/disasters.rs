//! Deaths, full disks, and disks that only give.

use std::{fs, io::Write, path::Path, process::Command};

use clawlets_stand_in::Ran;
use clawlets_tests::{eventually, is_root, skip};
use nix::{
    fcntl::{Flock, FlockArg},
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::desk::{Desk, refused};

/// As much as the predecessor's writers were killed in the middle of.
const LARGE: usize = 100 << 20;

#[test]
fn a_writer_that_is_killed_in_the_middle_of_a_hundred_megabytes_changes_nothing() {
    let desk = Desk::new();
    desk.clf(&["write", "a.md", "old"]);
    let source = desk.folder().join("large");
    fs::write(&source, vec![b'x'; LARGE]).unwrap();
    for _ in 0..3 {
        let mut command = desk.command(&["write", "a.md"]);
        let mut writer = command.stdin(fs::File::open(&source).unwrap()).spawn().unwrap();
        let next = desk.place(".a.md.next");
        eventually("the writer is in the middle of it", || {
            let size = fs::metadata(&next).map_or(0, |found| found.len());
            assert_eq!(writer.try_wait().unwrap(), None, "it was too fast to be killed");
            (size > 0 && size < LARGE as u64).then_some(())
        });
        kill(Pid::from_raw(writer.id().try_into().unwrap()), Signal::SIGKILL).unwrap();
        writer.wait().unwrap();
        // What worked for it dies with it, and holds the lock no longer.
        eventually("nobody works for the dead writer any more", || {
            let lock = fs::File::options().write(true).open(desk.place(".a.md.lock")).unwrap();
            Flock::lock(lock, FlockArg::LockExclusiveNonblock).ok()
        });
        assert_eq!(desk.clf(&["read", "a.md"]).out, "old");
        assert_eq!(desk.content("a.md"), "old");
    }
    assert_eq!(desk.clf(&["append", "a.md", "next"]).code, Some(0));
    assert_eq!(desk.content("a.md"), "old\nnext\n");
    assert!(!desk.place(".a.md.next").exists(), "what the dead left is gone");
}

/// Runs a script in a mount namespace of its own; `None` where that cannot be had.
fn with_mounts(test: &str, desk: &Desk, script: &str) -> Option<Ran> {
    if !is_root() {
        skip(test, "mounting needs root");
        return None;
    }
    let clf = Path::new(env!("CARGO_BIN_EXE_clf"));
    let mut command = Command::new("unshare");
    command.args(["--mount", "bash", "-c", script]).current_dir(desk.folder());
    command.env("CLAWLETS_MEMORY_ROOT", desk.place("")).env("NO_COLOR", "1");
    command.env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", clf.parent().unwrap().display()));
    let ran = Ran::of(&mut command);
    if ran.code == Some(77) {
        skip(test, "this machine mounts nothing");
        return None;
    }
    Some(ran)
}

#[test]
fn a_full_disk_keeps_the_old_content_and_is_named() {
    let test = "a_full_disk_keeps_the_old_content_and_is_named";
    let desk = Desk::new();
    let script = "mount -t tmpfs -o size=256k none memory || exit 77
        clf memory write a.md old || exit 1
        head -c 1000000 /dev/zero > large
        clf memory write a.md < large 2> talk; echo $?
        grep -c 'No space left' talk
        clf memory read a.md
        ls -A memory | tr '\\n' ' '
        head -c 200000 /dev/zero > memory/filler; cat /dev/zero > memory/rest 2>/dev/null
        clf memory append a.md more 2>> talk; echo $?
        clf memory read a.md";
    let Some(ran) = with_mounts(test, &desk, script) else { return };
    assert_eq!(ran.out, "7\n1\nold.a.md.lock .clawlets a.md 7\nold", "{ran}");
}

#[test]
fn a_disk_that_only_gives_is_read_and_named_when_it_should_take() {
    let test = "a_disk_that_only_gives_is_read_and_named_when_it_should_take";
    let desk = Desk::new();
    let script = "mount -t tmpfs none memory || exit 77
        clf memory write a.md old
        mount -o remount,ro memory || exit 77
        clf memory read a.md; echo; clf memory list > /dev/null; echo $?
        clf memory write a.md new 2> talk; echo $?
        clf memory write folder/b.md new 2>> talk; echo $?
        grep -c 'Read-only file system' talk";
    let Some(ran) = with_mounts(test, &desk, script) else { return };
    assert_eq!(ran.out, "old\n0\n7\n7\n2\n", "{ran}");
}

#[test]
fn a_memory_that_must_be_mounted_and_is_not_takes_nothing() {
    let test = "a_memory_that_must_be_mounted_and_is_not_takes_nothing";
    let desk = Desk::new();
    let policy = "echo 'mounted = true' > /etc/clawlets/memory.toml";
    let script = format!(
        "mkdir upper work && mount -t overlay none -o lowerdir=/etc,upperdir=upper,workdir=work /etc || exit 77
        mkdir -p /etc/clawlets && {policy}
        clf memory write a.md x 2> talk; echo $?
        grep -c memory::unmounted talk
        mount -t tmpfs none memory && clf memory write a.md x; echo $?"
    );
    let Some(ran) = with_mounts(test, &desk, &script) else { return };
    assert_eq!(ran.out, "7\n1\n0\n", "{ran}");
    assert!(desk.names().is_empty());
}

#[test]
fn what_nobody_may_touch_is_told_from_what_is_not_there() {
    let test = "what_nobody_may_touch_is_told_from_what_is_not_there";
    if !is_root() {
        skip(test, "acting for another user needs root");
        return;
    }
    let desk = Desk::new();
    desk.put("closed/a.md", "x");
    desk.put("own.md", "x");
    let shut = |path: &str, mode| {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(desk.place(path), permissions).unwrap();
    };
    shut("closed", 0o700);
    shut("own.md", 0o600);
    let nobody = super::people::Person::new(65_534, &[65_534]);
    let as_nobody = |arguments: &[&str]| nobody.clf(&desk, arguments);
    refused!(as_nobody(&["read", "closed/a.md"]), 6, "denied");
    refused!(as_nobody(&["read", "own.md"]), 6, "denied");
    refused!(as_nobody(&["write", "new.md", "x"]), 6, "denied");
    refused!(as_nobody(&["read", "none.md"]), 3, "missing");
}

#[test]
fn too_much_is_refused_before_anything_is_touched() {
    let desk = Desk::new();
    desk.put("a.md", "old");
    let sparse = fs::File::create(desk.folder().join("sparse")).unwrap();
    sparse.set_len((256 << 20) + 1).unwrap();
    let mut command = desk.command(&["write", "a.md"]);
    refused!(Ran::of(command.stdin(fs::File::open(desk.folder().join("sparse")).unwrap())), 6, "too_large");
    assert_eq!(desk.content("a.md"), "old");
    let grown = fs::File::create(desk.place("grown.md")).unwrap();
    grown.set_len((256 << 20) + 1).unwrap();
    (&grown).write_all(b"x").unwrap();
    refused!(desk.clf(&["read", "grown.md"]), 6, "too_large");
}
