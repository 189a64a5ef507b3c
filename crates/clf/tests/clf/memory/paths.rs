//! Nobody leaves the memory.

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    process::Command,
};

use super::desk::{Desk, refused};

/// Every verb that takes a path, with the words around it.
const VERBS: [(&[&str], &[&str]); 8] = [
    (&["read"], &[]),
    (&["write"], &["x"]),
    (&["append"], &["x"]),
    (&["edit"], &["--find", "a", "--replace", "b"]),
    (&["edit"], &["--with", "cat"]),
    (&["list"], &[]),
    (&["log"], &[]),
    (&["search", "--in"], &["root"]),
];

#[test]
fn a_path_that_leads_out_is_refused_by_every_verb() {
    let desk = Desk::new();
    fs::write(desk.folder().join("secret.md"), "secret").unwrap();
    let absolute = desk.place("a.md");
    let long = "x".repeat(5_000);
    for path in [
        "../secret.md",
        "a/../../secret.md",
        "/etc/passwd",
        absolute.to_str().unwrap(),
        "..",
        "./a.md",
        "a//b",
        ".clawlets/log/0.jsonl",
        ".a.md.lock",
        "a\u{2215}b",
        "\u{ff0e}\u{ff0e}/secret.md",
        "pr\u{43e}ject.md",
        "a\nb",
        "-x",
        "~root/x",
        &long,
    ] {
        for (before, behind) in VERBS {
            let ran = desk.clf(&[before, &[path], behind].concat());
            refused!(ran, 6, "path");
            assert!(ran.talk.len() < 1_000, "{ran}");
        }
    }
    assert!(desk.names().is_empty());
}

#[test]
fn a_symbolic_link_is_never_followed() {
    let desk = Desk::new();
    let outside = desk.folder().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret.md"), "secret root text").unwrap();
    symlink(&outside, desk.place("folder")).unwrap();
    symlink(outside.join("secret.md"), desk.place("file.md")).unwrap();
    symlink(outside.join("new.md"), desk.place("dangling.md")).unwrap();
    desk.put("inside.md", "inside root text");
    symlink("inside.md", desk.place("alias.md")).unwrap();
    for path in ["folder/secret.md", "folder/new.md", "file.md", "dangling.md", "alias.md"] {
        for (before, behind) in VERBS.iter().filter(|(before, _)| before[0] != "log") {
            let ran = desk.clf(&[*before, &[path], *behind].concat());
            assert!(matches!(ran.code, Some(3 | 6)), "{before:?} {path}: {ran}");
            assert!(!ran.out.contains("secret root"), "{ran}");
        }
        refused!(desk.clf(&["read", path]), 6, "not_a_file");
        refused!(desk.clf(&["write", path, "x"]), 6, "not_a_file");
    }
    assert_eq!(fs::read_to_string(outside.join("secret.md")).unwrap(), "secret root text");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    assert_eq!(desk.clf(&["search", "root text"]).out, "inside.md:1:inside root text\n");
}

#[test]
fn a_lock_that_is_a_link_is_not_followed_either() {
    let desk = Desk::new();
    let outside = desk.folder().join("made-by-the-lock");
    symlink(&outside, desk.place(".a.md.lock")).unwrap();
    refused!(desk.clf(&["write", "a.md", "x"]), 6, "not_a_file");
    assert!(!outside.exists() && !desk.place("a.md").exists());
    fs::remove_file(desk.place(".a.md.lock")).unwrap();
    fs::create_dir(desk.place(".a.md.lock")).unwrap();
    let ran = desk.clf(&["write", "a.md", "x"]);
    refused!(ran, 6, "not_a_file");
    assert!(ran.talk.contains("locked by something that is no file"), "{ran}");
    fs::remove_dir(desk.place(".a.md.lock")).unwrap();
    // Where the next version is written, a link is removed.
    fs::write(&outside, "theirs").unwrap();
    symlink(&outside, desk.place(".a.md.next")).unwrap();
    assert_eq!(desk.clf(&["write", "a.md", "x"]).code, Some(0));
    assert_eq!((fs::read_to_string(&outside).unwrap(), desk.content("a.md")), ("theirs".into(), "x".into()));
}

#[test]
fn what_is_no_file_is_named_and_nobody_waits_for_it() {
    let desk = Desk::new();
    fs::create_dir(desk.place("folder")).unwrap();
    assert!(Command::new("mkfifo").arg(desk.place("pipe")).status().unwrap().success());
    let _socket = UnixListener::bind(desk.place("socket")).unwrap();
    desk.put("file", "x");
    for (path, kind) in [
        ("folder", "a folder"),
        ("pipe", "a named pipe"),
        ("socket", "a socket"),
        ("file/below", "below a file"),
    ] {
        for verb in [&["read", path][..], &["write", path, "x"], &["append", path, "x"]] {
            let ran = desk.clf(verb);
            refused!(ran, 6, "not_a_file");
            assert!(ran.talk.contains(kind), "{ran}");
        }
    }
    let names = desk.names();
    assert!(names.iter().all(|name| !name.ends_with(".lock")), "{names:?}");
}
