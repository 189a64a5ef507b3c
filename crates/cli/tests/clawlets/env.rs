//! `clawlets env`.

use std::{
    fs::{self, Permissions},
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    process::Stdio,
};

use clawlets_stand_in::{Ran, never_said};

use crate::{
    bench::{command_in, snapshot},
    declared::Declared,
};

fn write(project: &Declared, text: &str, mode: u32) {
    let folder = project.folder().join(".clawlets");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("env"), text).unwrap();
    fs::set_permissions(folder.join("env"), Permissions::from_mode(mode)).unwrap();
}

/// A token that was never seen before.
fn token() -> String {
    let number = fs::read_to_string("/proc/sys/kernel/random/uuid").unwrap();
    format!("tok{}", number.trim())
}

#[test]
fn a_new_file_is_private_and_never_overwritten() {
    let project = Declared::fresh();
    let ran = project.ok("env init");
    let file = project.folder().join(".clawlets/env");
    assert_eq!(ran.out, format!("{}\n", file.display()));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o7777, 0o700);
    snapshot!(fs::read_to_string(&file).unwrap());
    assert_eq!(project.refused("env init"), (5, "clawlets::env::exists".to_owned()));
    snapshot!(project.ok("env show"));
}

#[test]
fn tokens_are_never_shown() {
    let project = Declared::fresh();
    let (mine, other) = (token(), token());
    write(&project, &format!("HCLOUD_TOKEN={mine}\nAWS_PROFILE=fleet\nNIX_BIN=/opt/nix\n"), 0o600);
    let mut command = project.command("env show");
    let ran = Ran::of(command.env("GITHUB_TOKEN", &other).env("AWS_PROFILE", "mine"));
    assert!(!ran.to_string().contains(&mine) && !ran.to_string().contains(&other), "{ran}");
    snapshot!(ran);
    let mut command = project.command("env show --json");
    let ran = Ran::of(command.env("GITHUB_TOKEN", &other));
    assert!(!ran.to_string().contains(&mine) && !ran.to_string().contains(&other), "{ran}");
    let variables = &ran.json()["variables"];
    assert_eq!((&variables[0]["isSet"], &variables[0]["source"]), (&true.into(), &"file".into()));
    assert_eq!(variables[1]["source"], "environment");
}

#[test]
fn a_file_that_others_may_read_is_refused() {
    let project = Declared::fresh();
    for mode in [0o644, 0o640, 0o666, 0o700] {
        write(&project, "AWS_PROFILE=x\n", mode);
        assert_eq!(project.refused("env show"), (6, "clawlets::env::refused".to_owned()), "{mode:o}");
    }
    let file = project.folder().join(".clawlets/env");
    fs::rename(&file, project.folder().join("real")).unwrap();
    symlink(project.folder().join("real"), &file).unwrap();
    assert_eq!(project.refused("env show"), (6, "clawlets::env::refused".to_owned()));
    assert_eq!(project.refused("env init"), (5, "clawlets::env::exists".to_owned()));
}

#[test]
fn a_line_that_cannot_be_used_is_named_and_its_value_is_not() {
    let project = Declared::fresh();
    let mine = token();
    write(&project, &format!("HCLOUD_TOKN={mine}\n{mine}\nGITHUB_TOKEN=\"{mine}\n"), 0o600);
    let ran = project.run("env show");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::env::invalid"));
    assert!(!ran.to_string().contains(&mine), "{ran}");
    snapshot!(ran);
}

#[test]
fn a_value_is_set_from_standard_input_and_never_said() {
    let project = Declared::fresh();
    let set = |words: &[&str], text: &str| {
        let mut command = command_in(project.folder(), &[&["env", "set"], words].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command line that is refused reads nothing.
        let _ = child.stdin.take().unwrap().write_all(text.as_bytes());
        Ran::from(child.wait_with_output().unwrap())
    };
    let mine = token();
    never_said(&mine);
    let ran = set(&["HCLOUD_TOKEN", "--json"], &format!("{mine}\n"));
    let file = project.folder().join(".clawlets/env");
    assert_eq!((ran.code, ran.json()["key"].as_str()), (Some(0), Some("HCLOUD_TOKEN")), "{ran}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(set(&["AWS_PROFILE"], "fleet").code, Some(0));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(&format!("\nHCLOUD_TOKEN={mine}\n")) && text.contains("\nAWS_PROFILE=fleet\n"));
    for (words, given, fault) in [
        (&["HCLOUD_TOKEN"][..], "", "clawlets::usage::value"),
        (&["HCLOUD_TOKEN"], "CHANGE_ME", "clawlets::usage::value"),
        (&["HCLOUD_TOKEN"], "two\nlines", "clawlets::usage::value"),
        (&["HCLOUD_TOKEN"], "x\nNIX_BIN=/another/variable", "clawlets::usage::value"),
        (&["HCLOUD_TOKEN"], &"x".repeat(20_000), "clawlets::usage::value"),
        (&["HCLOUD_TOKNE"], "x", "clawlets::usage::value"),
        (&["HCLOUD_TOKEN", "value"], "x", "clawlets::usage::arguments"),
    ] {
        let ran = set(words, given);
        assert_eq!(ran.fault(), fault, "{ran}");
        assert_eq!(fs::read_to_string(&file).unwrap(), text, "{words:?}");
    }
}
