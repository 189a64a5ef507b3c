//! What each verb does.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
};

use clawlets_stand_in::{Ran, program};

use super::desk::{Desk, refused};

#[test]
fn what_is_written_is_read_byte_for_byte() {
    let desk = Desk::new();
    for content in ["no newline", "one newline\n", "two\n\n", "\r\n", "\0\u{fffd}binary\n", "é\n"] {
        for way in [&["write", "a.md"][..], &["write", "a.md", "-"]] {
            assert_eq!(desk.given(content.as_bytes(), way).code, Some(0), "{content:?}");
            assert_eq!(desk.clf(&["read", "a.md"]).out, content);
            assert_eq!(desk.content("a.md"), content);
        }
    }
    assert_eq!(desk.clf(&["write", "a.md", "- a list that looks like flags"]).code, Some(0));
    assert_eq!(desk.clf(&["write", "a.md", "--json is no flag here"]).code, Some(0));
    assert_eq!(desk.content("a.md"), "--json is no flag here");
}

#[test]
fn an_empty_text_makes_an_empty_file_and_says_so() {
    let desk = Desk::new();
    desk.put("a.md", "old");
    let ran = desk.given(b"", &["write", "a.md"]);
    assert!(ran.code == Some(0) && ran.talk.contains("0 bytes"), "{ran}");
    assert_eq!(desk.content("a.md"), "");
    refused!(desk.given(b"", &["append", "a.md"]), 2, "value");
}

#[test]
fn files_and_folders_are_shared_with_the_group_whatever_the_umask() {
    let desk = Desk::new();
    let mut command = desk.command(&["write", "daily/a.md", "x"]);
    let mut shell = program("/bin/sh", desk.folder());
    shell.args(["-c", "umask 0077; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    shell.env("CLAWLETS_MEMORY_ROOT", desk.place(""));
    assert_eq!(Ran::of(&mut shell).code, Some(0));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&desk.place("daily/a.md")), 0o660);
    assert_eq!(mode(&desk.place("daily/.a.md.lock")), 0o660);
    assert_eq!(mode(&desk.place("daily")), 0o2770);
    assert_eq!(Ran::of(&mut command).code, Some(0));
}

#[test]
fn an_append_begins_and_ends_a_line() {
    let desk = Desk::new();
    assert_eq!(desk.clf(&["append", "daily/a.md", "- first"]).code, Some(0));
    assert_eq!(desk.given(b"- second\n", &["append", "daily/a.md"]).code, Some(0));
    desk.put("b.md", "without an end");
    assert_eq!(desk.clf(&["append", "b.md", "x"]).code, Some(0));
    assert_eq!(desk.content("daily/a.md"), "- first\n- second\n");
    assert_eq!(desk.content("b.md"), "without an end\nx\n");
}

#[test]
fn an_edit_replaces_a_text_wherever_it_stands() {
    let desk = Desk::new();
    desk.put("a.md", "one two one\n--one\n");
    let ran = desk.clf(&["edit", "a.md", "--find", "one", "--replace", "1", "--json"]);
    assert_eq!((ran.code, ran.json()["places"].as_u64()), (Some(0), Some(3)), "{ran}");
    assert_eq!(desk.content("a.md"), "1 two 1\n--1\n");
    assert_eq!(desk.clf(&["edit", "a.md", "--find", "--1", "--replace", ""]).code, Some(0));
    refused!(desk.clf(&["edit", "a.md", "--find", "three", "--replace", "x"]), 3, "no_text");
    refused!(desk.clf(&["edit", "b/c.md", "--find", "x", "--replace", "y"]), 3, "missing");
    refused!(desk.clf(&["edit", "a.md", "--find", "", "--replace", "y"]), 2, "value");
    refused!(desk.clf(&["edit", "a.md", "--find", "x"]), 2, "arguments");
    assert_eq!(desk.content("a.md"), "1 two 1\n\n");
    assert!(!desk.place("b").exists(), "an edit of nothing makes nothing");
}

#[test]
fn an_edit_with_a_command_takes_what_it_prints_or_the_copy_that_it_changed() {
    let desk = Desk::new();
    desk.put("a.md", "b\na\n");
    assert_eq!(desk.clf(&["edit", "a.md", "--with", "sort"]).code, Some(0));
    assert_eq!(desk.content("a.md"), "a\nb\n");
    let in_place = "sed -i s/a/A/ \"$CLAWLETS_MEMORY_FILE\"";
    assert_eq!(desk.clf(&["edit", "a.md", "--with", in_place]).code, Some(0));
    assert_eq!(desk.content("a.md"), "A\nb\n");
    for (command, why) in [("sort; exit 3", "failed"), ("true", "printed nothing"), ("/no/such", "failed")] {
        let ran = desk.clf(&["edit", "a.md", "--with", command]);
        refused!(ran, 1, "edit");
        assert!(ran.talk.contains(why), "{ran}");
    }
    refused!(desk.clf(&["edit", "none.md", "--with", "sort"]), 3, "missing");
    let same = desk.clf(&["edit", "a.md", "--with", "cat"]);
    assert!(same.code == Some(0) && same.talk.contains("stays as it is"), "{same}");
    assert_eq!(desk.content("a.md"), "A\nb\n");
}

#[test]
fn a_bare_edit_takes_standard_input_and_never_what_changed_meanwhile() {
    let desk = Desk::new();
    assert_eq!(desk.given(b"made\n", &["edit", "a.md"]).code, Some(0));
    assert_eq!(desk.given(b"changed\n", &["edit", "a.md"]).code, Some(0));
    assert_eq!(desk.content("a.md"), "changed\n");
    // While it waits for its input, it holds nothing, and notices what others do.
    let mut slow = desk.started(&["edit", "a.md"]);
    clawlets_tests::eventually("the edit has read the file", || {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", slow.id())).ok()?;
        let waits = fs::read_to_string(format!("/proc/{}/wchan", slow.id())).ok()?;
        (children.is_empty() && waits.contains("pipe")).then_some(())
    });
    assert_eq!(desk.clf(&["write", "a.md", "somebody else's\n"]).code, Some(0));
    drop(slow.stdin.take());
    refused!(Ran::from(slow.wait_with_output().unwrap()), 5, "changed");
    assert_eq!(desk.content("a.md"), "somebody else's\n");
}

#[test]
fn a_stale_digest_changes_nothing() {
    let desk = Desk::new();
    desk.put("a.md", "one");
    let digest = desk.clf(&["read", "a.md", "--json"]).json()["sha256"].as_str().unwrap().to_owned();
    let write = |text| desk.clf(&["write", "a.md", text, "--if-match", &digest, "--json"]);
    let first = write("two");
    assert_eq!((first.code, first.json()["before"].as_str()), (Some(0), Some(&*digest)), "{first}");
    let second = write("three");
    assert_eq!(second.code, Some(5), "{second}");
    assert!(second.talk.contains(first.json()["sha256"].as_str().unwrap()), "{second}");
    assert_eq!(desk.content("a.md"), "two");
    let missing = desk.clf(&["write", "b.md", "x", "--if-match", &digest]);
    refused!(missing, 5, "changed");
    assert!(!desk.place("b.md").exists());
    refused!(desk.clf(&["write", "a.md", "x", "--if-match", "123"]), 2, "value");
}

#[test]
fn reading_and_looking_around_make_nothing() {
    let desk = Desk::new();
    desk.put("a.md", "x");
    fs::create_dir(desk.place("daily")).unwrap();
    let before = desk.names();
    for arguments in [
        &["read", "a.md"][..],
        &["read", "none.md"],
        &["read", "none/of/it.md"],
        &["list"],
        &["search", "x"],
        &["log", "a.md"],
        &["daily"],
        &["edit", "none.md", "--find", "a", "--replace", "b"],
    ] {
        desk.clf(arguments);
    }
    assert_eq!(desk.names(), before);
    assert_eq!(fs::read_dir(desk.place("")).unwrap().count(), 2);
}

#[test]
fn a_list_names_files_and_counts_what_is_none() {
    let desk = Desk::new();
    desk.clf(&["write", "discord/general.md", "abc"]);
    desk.clf(&["write", "index.md", "x"]);
    symlink("/etc/passwd", desk.place("link.md")).unwrap();
    desk.put("with blank.md", "x");
    let list = desk.clf(&["list", "--json"]).json();
    let paths: Vec<_> =
        list["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["discord/general.md", "index.md"]);
    assert_eq!((list["files"][0]["bytes"].as_u64(), list["others"].as_u64()), (Some(3), Some(2)));
    for below in ["discord", "discord/", "discord/general.md"] {
        let list = desk.clf(&["list", below]);
        assert!(list.out.contains("discord/general.md") && !list.out.contains("index.md"), "{list}");
    }
    refused!(desk.clf(&["list", "none"]), 3, "missing");
    refused!(desk.clf(&["list", ".."]), 6, "path");
}

#[test]
fn a_search_is_literal_unless_it_is_told_otherwise() {
    let desk = Desk::new();
    desk.put("a.md", "x.y\nxzy\nX.Y\n");
    desk.put("b/c.md", "x.y again\r\n");
    desk.put("binary", "x.y\0");
    desk.put("evil.md", "x.y \u{1b}[2J\n");
    let found = |arguments: &[&str]| desk.clf(&[&["search"], arguments].concat());
    assert_eq!(found(&["x.y"]).out, "a.md:1:x.y\nb/c.md:1:x.y again\nevil.md:1:x.y ?[2J\n");
    assert_eq!(found(&["x.y", "--regex", "--in", "a.md"]).out, "a.md:1:x.y\na.md:2:xzy\n");
    assert_eq!(found(&["x.y", "-i", "--in", "a.md"]).out, "a.md:1:x.y\na.md:3:X.Y\n");
    assert_eq!(found(&["x.y", "--in", "b/"]).out, "b/c.md:1:x.y again\n");
    let json = found(&["x.y", "--json"]).json();
    assert_eq!((json["searched"].as_u64(), json["skipped"].as_u64()), (Some(3), Some(1)), "{json}");
    let nothing = found(&["nothing of it"]);
    assert!(nothing.code == Some(0) && nothing.out.is_empty(), "{nothing}");
    refused!(found(&["(", "--regex"]), 2, "value");
    refused!(found(&["(a{1,1000}){1,1000}", "--regex"]), 2, "value");
}

#[test]
fn the_log_says_who_changed_what_and_what_it_cannot_explain() {
    let desk = Desk::new();
    desk.clf(&["write", "a.md", "one"]);
    desk.clf(&["append", "a.md", "two"]);
    desk.clf(&["write", "b.md", "other"]);
    let log = desk.clf(&["log", "a.md", "--json"]).json();
    let verbs: Vec<_> = log["entries"].as_array().unwrap().iter().map(|e| e["verb"].clone()).collect();
    assert_eq!(verbs, ["append", "write"]);
    assert_eq!(log["entries"][0]["before"], log["entries"][1]["sha256"]);
    assert_eq!((&log["isLogged"], &log["now"]["sha256"]), (&true.into(), &log["entries"][0]["sha256"]));
    assert_eq!(log["entries"][0]["who"]["uid"], nix::unistd::geteuid().as_raw());
    desk.put("a.md", "by the back door");
    let ran = desk.clf(&["log", "a.md"]);
    assert!(ran.talk.contains("warning: no line of the log explains"), "{ran}");
    fs::remove_file(desk.place("b.md")).unwrap();
    assert_eq!(desk.clf(&["log", "b.md", "--json"]).json()["now"], serde_json::Value::Null);
    refused!(desk.clf(&["log", "none.md"]), 3, "missing");
    assert_eq!(desk.clf(&["log", "a.md", "--limit", "1", "--json"]).json()["entries"][0]["verb"], "append");
}

#[test]
fn a_log_that_is_long_makes_room_and_forgets_the_oldest_lines_only() {
    let desk = Desk::new();
    desk.clf(&["write", "a.md", "one"]);
    let log = format!(".clawlets/log/{}.jsonl", nix::unistd::geteuid());
    let long = desk.content(&log) + &"no line of the log\n".repeat(60_000);
    desk.put(&log, &long);
    for text in ["two", "three"] {
        assert_eq!(desk.clf(&["write", "a.md", text]).code, Some(0));
    }
    let entries = desk.clf(&["log", "a.md", "--json"]).json()["entries"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 3, "{entries}");
    assert_eq!(desk.content(&log).lines().count(), 1, "a new file was begun");
    assert_eq!(desk.content(&format!("{log}.1")).lines().count(), 60_002);
}

#[test]
fn a_log_that_cannot_be_written_does_not_stop_a_change() {
    let desk = Desk::new();
    fs::create_dir(desk.place(".clawlets")).unwrap();
    symlink("/tmp", desk.place(".clawlets/log")).unwrap();
    let ran = desk.clf(&["write", "a.md", "x"]);
    assert!(ran.code == Some(0) && ran.talk.contains("not in the log"), "{ran}");
    assert_eq!(desk.content("a.md"), "x");
}

#[test]
fn the_names_of_the_older_tools_are_the_same_verbs() {
    let desk = Desk::new();
    let called = |name: &str, arguments: &[&str]| {
        let link = desk.folder().join(name);
        let _ = symlink(env!("CARGO_BIN_EXE_clf"), &link);
        let mut command = program(link.to_str().unwrap(), desk.folder());
        Ran::of(command.args(arguments).env("CLAWLETS_MEMORY_ROOT", desk.place("")))
    };
    assert_eq!(called("memory-write", &["ops.md", "one"]).code, Some(0));
    assert_eq!(called("memory-edit", &["ops.md", "--find", "one", "--replace", "two"]).code, Some(0));
    assert_eq!(called("memory-read", &["ops.md"]).out, "two");
    refused!(called("memory-read", &["none.md"]), 3, "missing");
    let help = called("memory-read", &["--help"]);
    assert!(help.out.contains("clf memory read"), "{help}");
}

#[test]
fn a_memory_that_is_not_there_is_not_made() {
    let desk = Desk::new();
    let mut command = desk.command(&["write", "a.md", "x"]);
    let gone = desk.folder().join("gone");
    refused!(Ran::of(command.env("CLAWLETS_MEMORY_ROOT", &gone)), 3, "no_root");
    assert!(!gone.exists());
}
