//! `clawlets project init`.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

use crate::bench::{clawlets_in, command_in};
use clawlets_stand_in::Ran;

fn init(folder: &Path, arguments: &[&str]) -> Ran {
    clawlets_in(folder, &[&["project", "init", "--dir", "my-fleet"], arguments].concat())
}

fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(folder).args(words).output().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_new_repository_declares_a_valid_fleet_and_has_its_hooks_on() {
    let folder = tempfile::tempdir().unwrap();
    let ran = init(folder.path(), &["--host", "db-7"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let fleet = folder.path().join("my-fleet");
    assert_eq!(ran.out.trim(), fleet.display().to_string());
    for path in [
        "flake.nix",
        "AGENT-CATTLE-SPAWN.md",
        "fleet/workspaces/common/SOUL.md",
        "memory/index.md",
        "repos.tsv",
    ] {
        assert!(fleet.join(path).is_file(), "{path}");
    }
    let valid = clawlets_in(&fleet, &["config", "validate", "--strict", "--json"]);
    assert_eq!((valid.code, &valid.json()["ok"]), (Some(0), &true.into()), "{valid}");
    assert!(
        fs::read_to_string(fleet.join("fleet/clawlets.json")).unwrap().contains("\"defaultHost\": \"db-7\"")
    );
    assert_eq!(git(&fleet, &["config", "core.hooksPath"]), ".githooks");
    assert_eq!(fs::metadata(fleet.join(".githooks/pre-push")).unwrap().permissions().mode() & 0o111, 0o111);
    assert!(
        git(&fleet, &["status", "--porcelain"]).lines().all(|line| line.starts_with("A  ")),
        "all is staged"
    );
    let clean = clawlets_in(&fleet, &["hooks", "pre-commit"]);
    assert_eq!(clean.code, Some(0), "{clean}");
    let personas = clawlets_in(&fleet, &["cattle", "persona", "list"]);
    assert_eq!(personas.code, Some(0), "{personas}");
}

#[test]
fn the_schema_that_the_declaration_names_is_there() {
    let folder = tempfile::tempdir().unwrap();
    init(folder.path(), &["--no-git-init"]);
    let fleet = folder.path().join("my-fleet");
    assert!(!fleet.join(".git").exists());
    let read = |path| -> serde_json::Value {
        serde_json::from_str(&fs::read_to_string(fleet.join("fleet").join(path)).unwrap()).unwrap()
    };
    let named = read("clawlets.json")["$schema"].clone();
    assert_eq!(read(named.as_str().unwrap())["title"], "Clawlets fleet");
}

#[test]
fn a_dry_run_writes_nothing_and_lists_everything() {
    let folder = tempfile::tempdir().unwrap();
    let ran = init(folder.path(), &["--dry-run"]);
    assert!(ran.code == Some(0) && ran.out.contains("my-fleet/fleet/clawlets.json\n"), "{ran}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let document = init(folder.path(), &["--dry-run", "--json"]).json();
    assert_eq!((&document["host"], &document["dryRun"]), (&"web-1".into(), &true.into()));
}

#[test]
fn a_folder_that_holds_anything_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("my-fleet")).unwrap();
    fs::write(folder.path().join("my-fleet/mine"), "").unwrap();
    let ran = init(folder.path(), &[]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(5), "clawlets::project::exists"), "{ran}");
    assert_eq!(fs::read_dir(folder.path().join("my-fleet")).unwrap().count(), 1);
}

#[test]
fn a_template_of_ones_own_is_checked_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template");
    fs::create_dir_all(template.join("fleet")).unwrap();
    let fails = |code: i32, fault: &str| {
        let ran = init(folder.path(), &["--template", "template"]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(code), fault), "{ran}");
        assert!(!folder.path().join("my-fleet").exists());
    };
    fails(6, "clawlets::template::invalid");
    fs::write(template.join("fleet/clawlets.json"), r#"{"schemaVersion": 13, "hots": {}}"#).unwrap();
    fails(6, "clawlets::template::invalid");
    fs::write(template.join("fleet/clawlets.json"), r#"{"schemaVersion": 13, "hosts": {"h1": {}}}"#).unwrap();
    symlink("/etc/passwd", template.join("link")).unwrap();
    fails(6, "clawlets::template::invalid");
    fs::remove_file(template.join("link")).unwrap();
    let ran = init(folder.path(), &["--template", "template", "--host", "h2"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let text = fs::read_to_string(folder.path().join("my-fleet/fleet/clawlets.json")).unwrap();
    assert_eq!(text, r#"{"schemaVersion": 13, "hosts": {"h2": {}}}"#);
}

#[test]
fn a_template_on_github_is_read_at_its_ref() {
    let folder = tempfile::tempdir().unwrap();
    let origin = folder.path().join("mirror/acme/templates.git");
    fs::create_dir_all(origin.join("small/fleet")).unwrap();
    let commit = |content: &str, tag: &str| {
        fs::write(origin.join("small/fleet/clawlets.json"), content).unwrap();
        git(&origin, &["add", "--all"]);
        git(
            &origin,
            &["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", tag],
        );
        git(&origin, &["tag", tag]);
    };
    git(&origin, &["init", "--quiet", "--initial-branch=main"]);
    commit(r#"{"schemaVersion": 13, "hosts": {"one": {}}}"#, "v1");
    commit(r#"{"schemaVersion": 13, "hosts": {"two": {}}}"#, "v2");
    let run = |template: &str| {
        let words = ["project", "init", "--dir", "my-fleet", "--dry-run", "--json", "--template", template];
        let mut command = command_in(folder.path(), &words);
        command.env("GIT_CONFIG_COUNT", "1").env("GIT_CONFIG_VALUE_0", "https://github.com/");
        let mirror = folder.path().join("mirror");
        Ran::of(command.env("GIT_CONFIG_KEY_0", format!("url.file://{}/.insteadOf", mirror.display())))
    };
    let ran = run("acme/templates/small#v1");
    assert_eq!((ran.code, &ran.json()["host"]), (Some(0), &"one".into()), "{ran}");
    assert_eq!(run("acme/templates/small#main").json()["host"], "two");
    let ran = run("acme/templates/small#v3");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::template::unreachable"), "{ran}");
    for no_folder in
        ["acme/templates/large#v1", "acme/templates/small/fleet/clawlets.json#v1", "acme/templates"]
    {
        let ran = run(no_folder);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(3), "clawlets::template::unknown"), "{ran}");
    }
    let ran = run("acme/templates#v1");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::template::invalid"), "{ran}");
}

#[test]
fn the_repository_that_a_hook_is_run_for_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other");
    let mut command = command_in(folder.path(), &["project", "init", "--dir", "./my-fleet"]);
    for (variable, place) in
        [("GIT_DIR", "git"), ("GIT_OBJECT_DIRECTORY", "objects"), ("GIT_INDEX_FILE", "index")]
    {
        command.env(variable, other.join(place));
    }
    let ran = Ran::of(&mut command);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(ran.out.trim(), folder.path().join("my-fleet").display().to_string());
    assert!(!other.exists(), "git was told of a repository that is not the new one's");
    assert!(git(&folder.path().join("my-fleet"), &["write-tree"]).len() >= 40, "what is staged is there");
}

#[test]
fn without_a_terminal_nobody_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let ran = clawlets_in(folder.path(), &["project", "init", "--interactive"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(2), "clawlets::usage::arguments"), "{ran}");
    assert!(ran.talk.contains("there is no terminal"), "{ran}");
    assert_eq!(clawlets_in(folder.path(), &["project", "init"]).code, Some(2));
}

#[test]
fn a_disk_that_cannot_be_written_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let ran = clawlets_in(folder.path(), &["project", "init", "--dir", "file/below"]);
    assert!(ran.code == Some(7) && ran.talk.contains("failed to"), "{ran}");
}
