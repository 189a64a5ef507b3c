//! The file itself: edits at the same time, interruptions, links, and disks that take nothing.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::{PermissionsExt, symlink},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clawlets_stand_in::Ran;
use nix::{
    fcntl::{Flock, FlockArg},
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::json;

use crate::{
    bench::clawlets_in,
    declared::{Declared, FRESH},
};

/// Holds the lock of a project, as an edit does.
fn hold(project: &Declared) -> Flock<File> {
    let folder = File::open(project.folder().join("fleet")).unwrap();
    Flock::lock(folder, FlockArg::LockExclusiveNonblock).map_err(|(_, error)| error).unwrap()
}

/// Starts a line, and waits until it waits for the lock.
fn waiting(project: &Declared, line: &str) -> Child {
    let mut command = project.command(line);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let fds = format!("/proc/{}/fd", child.id());
    let lock = project.folder().join("fleet");
    let holds_it = || {
        let open = fs::read_dir(&fds).into_iter().flatten().flatten();
        open.filter_map(|fd| fs::read_link(fd.path()).ok()).any(|path| path == lock)
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds_it() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
    if !holds_it() {
        let _ = child.kill();
        panic!("it never looked for the lock: {:?}", child.wait());
    }
    child
}

fn ended(child: Child) -> Ran {
    child.wait_with_output().unwrap().into()
}

#[test]
fn edits_at_the_same_time_lose_nothing() {
    let project = Declared::fresh();
    let children: Vec<_> = (0..12)
        .map(|number| {
            let line = match number % 3 {
                0 => format!("bot add --bot bot{number}"),
                1 => format!("host add --host host{number}"),
                _ => {
                    format!("fleet set --secret-env KEY_{}=secret{number}", ["A", "B", "C", "D"][number / 3])
                }
            };
            let mut command = project.command(&line);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let ran = ended(child);
        assert_eq!(ran.code, Some(0), "{ran}");
    }
    assert_eq!(project.at("/fleet/botOrder").as_array().map(Vec::len), Some(4));
    assert_eq!(project.at("/fleet/secretEnv").as_object().map(serde_json::Map::len), Some(4));
    assert_eq!(project.at("/hosts").as_object().map(serde_json::Map::len), Some(5));
    project.ok("host list");
    assert_eq!(project.names(), ["clawlets.json"]);
}

#[test]
fn a_second_edit_waits_for_the_first() {
    let project = Declared::fresh();
    let lock = hold(&project);
    let child = waiting(&project, "host set --enable");
    assert_eq!(project.text(), FRESH);
    drop(lock);
    assert_eq!(ended(child).code, Some(0));
    assert_eq!(project.at("/hosts/web-1/enable"), json!(true));
}

#[test]
fn an_edit_that_waits_too_long_names_the_holder() {
    let project = Declared::fresh();
    let _lock = hold(&project);
    let ran = project.run("host set --enable");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(4), "clawlets::fleet::locked"), "{ran}");
    assert!(ran.talk.contains(&format!("process {}", std::process::id())), "{ran}");
    assert_eq!(project.text(), FRESH);
    // Looking needs no lock.
    project.ok("host list");
    project.ok("host set --enable --dry-run");
}

#[test]
fn an_edit_that_is_interrupted_changes_nothing() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let project = Declared::fresh();
        let _lock = hold(&project);
        let child = waiting(&project, "host set --enable");
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        let ran = ended(child);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::interrupted"), "{ran}");
        assert_eq!(project.text(), FRESH);
        assert_eq!(project.names(), ["clawlets.json"]);
    }
}

#[test]
fn the_mode_of_the_file_stays_and_what_was_left_behind_goes() {
    let project = Declared::fresh();
    fs::set_permissions(project.path(), Permissions::from_mode(0o640)).unwrap();
    fs::write(project.folder().join("fleet/.clawlets.json.dead.tmp"), "half").unwrap();
    project.ok("host set --enable");
    assert_eq!(fs::metadata(project.path()).unwrap().permissions().mode() & 0o7777, 0o640);
    assert_eq!(project.names(), ["clawlets.json"]);
}

#[test]
fn a_link_in_place_of_the_file_is_refused() {
    let project = Declared::fresh();
    let elsewhere = project.folder().join("elsewhere.json");
    fs::rename(project.path(), &elsewhere).unwrap();
    symlink(&elsewhere, project.path()).unwrap();
    for line in ["host list", "host set --enable", "config get"] {
        assert_eq!(project.refused(line), (6, "clawlets::fleet::not_a_file".to_owned()), "{line}");
    }
    fs::remove_file(project.path()).unwrap();
    fs::create_dir(project.path()).unwrap();
    assert_eq!(project.run("host list").code, Some(6));
}

#[test]
fn a_project_is_found_upwards_or_named() {
    let project = Declared::fresh();
    let deep = project.folder().join("fleet/workspaces/bots");
    fs::create_dir_all(&deep).unwrap();
    assert_eq!(clawlets_in(&deep, &["host", "set", "--enable"]).code, Some(0));
    assert_eq!(project.at("/hosts/web-1/enable"), json!(true));
    let elsewhere = tempfile::tempdir().unwrap();
    for line in ["host list", "host set --enable", "fleet show", "bot list", "config get", "env show"] {
        let words: Vec<_> = line.split(' ').collect();
        let ran = clawlets_in(elsewhere.path(), &words);
        assert_eq!(
            (ran.code, ran.fault().as_str()),
            (Some(3), "clawlets::project::unknown"),
            "{line}: {ran}"
        );
        let folder = project.folder().to_str().unwrap();
        let ran = clawlets_in(elsewhere.path(), &[&words[..], &["--dir", folder]].concat());
        assert_eq!(ran.code, Some(0), "{line}: {ran}");
    }
}

/// Runs a script of the shell in a mount namespace of its own, in the project. `$1` is `clawlets`.
pub(crate) fn in_own_mounts(project: &Declared, script: &str) -> Ran {
    let mut command = Command::new("unshare");
    command
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
            env!("CARGO_BIN_EXE_clawlets"),
        ])
        .current_dir(project.folder())
        .stdin(Stdio::null());
    Ran::of(&mut command)
}

#[test]
fn a_disk_that_takes_nothing_loses_nothing() {
    let read_only = "mount --bind fleet fleet && mount -o remount,bind,ro fleet || exit 77
        $1 host list && $1 host set --enable --dry-run || exit 78
        $1 host set --enable";
    // One page is left, and the new text is longer.
    let full =
        "cp -a fleet kept && mount -t tmpfs -o size=12k none fleet && cp kept/clawlets.json fleet/ || exit 77
        head -c 100000 /dev/zero > fleet/filler 2>/dev/null
        $1 fleet set --base-flake github:owner/repo; code=$?
        rm fleet/filler; cmp fleet/clawlets.json kept/clawlets.json || exit 79
        ls -A fleet >&2; exit $code";
    for (script, hint) in [(read_only, "read-only"), (full, "full")] {
        let project = Declared::fresh();
        let ran = in_own_mounts(&project, script);
        assert_eq!(ran.code, Some(7), "{ran}");
        assert!(ran.talk.contains(hint) && ran.talk.contains("clawlets::io"), "{ran}");
        assert_eq!(project.text(), FRESH);
        assert_eq!(project.names(), ["clawlets.json"]);
    }
}

#[test]
fn nothing_is_asked_and_nothing_is_read_from_standard_input() {
    let project = Declared::fresh();
    let mut command = project.command("host set --enable --json");
    let ran = Ran::of(command.stdin(Stdio::piped()));
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.talk.is_empty(), "{ran}");
    assert_eq!(ran.json()["changed"], json!(true));
    let ran = project.run("host set --host nobody --enable --json");
    let document: serde_json::Value = serde_json::from_str(&ran.talk).unwrap();
    assert_eq!(document["error"]["code"], "clawlets::host::unknown");
}
