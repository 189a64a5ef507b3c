//! What a signal, and another process, find of an edit.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use clawlets_secrets::AgeIdentity;
use clawlets_stand_in::Ran;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::place::Place;
use crate::terminal::Terminal;

/// An editor that has the file open until it is ended.
fn editor(place: &Place) -> PathBuf {
    let path = place.path().join("editor");
    fs::write(&path, "#!/bin/sh\necho it is open\nexec sleep 60\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// A folder in memory in which nobody else edits.
fn memory() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("of-a-test-").tempdir_in("/dev/shm").unwrap()
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn a_signal_during_an_edit_leaves_nothing_readable_behind() {
    let (place, value) = Place::whole();
    for signal in [Signal::SIGTERM, Signal::SIGHUP] {
        let memory = memory();
        let mut command = place.command(&["edit", "z_ai_api_key"]);
        command.env("EDITOR", editor(&place)).env("XDG_RUNTIME_DIR", memory.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
        assert!(said.contains("it is open") && !is_empty(memory.path()));
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::interrupted"), "{signal}: {ran}");
        assert!(is_empty(memory.path()), "{signal}");
    }
    assert_eq!(place.value("web-1", "z_ai_api_key"), value);
}

#[test]
fn ctrl_c_in_an_editor_leaves_nothing_readable_behind() {
    let (place, value) = Place::whole();
    let memory = memory();
    let mut command = place.command(&["edit", "z_ai_api_key"]);
    command.env("EDITOR", editor(&place)).env("XDG_RUNTIME_DIR", memory.path());
    let mut terminal = Terminal::of(&mut command);
    terminal.expect("it is open");
    let ran = terminal.interrupt();
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(is_empty(memory.path()), "{ran}");
    assert_eq!(place.value("web-1", "z_ai_api_key"), value);
}

#[test]
fn operators_that_are_added_at_the_same_time_are_all_there() {
    let (place, _) = Place::whole();
    let names = ["bea", "cyd", "dan"];
    let started: Vec<_> = names
        .iter()
        .map(|name| {
            let key = AgeIdentity::generate();
            let words =
                ["rotate", "--operator", "add", "--name", name, "--recipient", key.recipient().as_str()];
            place.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in started {
        let ran = Ran::from(child.wait_with_output().unwrap());
        assert_eq!(ran.code, Some(0), "{ran}");
    }
    let rules = fs::read_to_string(place.path().join("secrets/.sops.yaml")).unwrap();
    for name in names {
        assert!(rules.contains(&format!("# operator {name}")), "{name}:\n{rules}");
    }
    let ran = place.run(&["verify"]);
    assert_eq!(ran.code, Some(0), "{ran}");
}
