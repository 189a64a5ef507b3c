//! `clawlets-host memory init`.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::Path,
    process::Command,
};

use clawlets_tests::{Run, is_root, skip};

fn init(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawlets-host"));
    command.args(["memory", "init", "--seed", "seed"]).args(arguments).current_dir(folder);
    Run::of(command.env("CLAWLETS_MEMORY_ROOT", folder.join("memory")).env("NO_COLOR", "1"))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// A folder with a seed in it.
fn seeded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("seed/discord")).unwrap();
    for (name, text) in
        [("index.md", "# Index\n"), ("project.md", "# Project\n"), ("discord/rules.md", "be kind\n")]
    {
        fs::write(folder.path().join("seed").join(name), text).unwrap();
    }
    folder
}

#[test]
fn a_fresh_memory_gets_its_folders_and_files_and_again_nothing() {
    let folder = seeded();
    let memory = folder.path().join("memory");
    let said = init(folder.path(), &[]).talk();
    assert!(said.contains("Wrote discord/rules.md"), "{said}");
    for name in ["", "daily", "discord", "github"] {
        assert_eq!(mode(&memory.join(name)), 0o2770, "{name}");
    }
    assert_eq!(mode(&memory.join(".clawlets/log")), 0o3770);
    assert_eq!(mode(&memory.join("index.md")), 0o660);
    assert_eq!(fs::read_to_string(memory.join("index.md")).unwrap(), "# Index\n");

    fs::write(memory.join("index.md"), "what an agent wrote").unwrap();
    fs::remove_file(memory.join("project.md")).unwrap();
    let again = init(folder.path(), &["--json"]).json();
    assert_eq!(
        again["steps"],
        serde_json::json!([{ "kept": "discord/rules.md" }, { "kept": "index.md" }, { "wrote": "project.md" }])
    );
    assert_eq!(fs::read_to_string(memory.join("index.md")).unwrap(), "what an agent wrote");
}

#[test]
fn a_name_that_the_memory_does_not_take_is_named_and_the_rest_is_seeded() {
    let folder = seeded();
    fs::write(folder.path().join("seed/with blank.md"), "x").unwrap();
    let run = init(folder.path(), &[]);
    assert!(run.ok() && run.talk().contains("with blank.md is none of the memory's files"), "{}", run.talk());
    assert!(folder.path().join("memory/index.md").exists());
}

#[test]
fn a_group_that_does_not_exist_is_named() {
    let folder = seeded();
    let run = init(folder.path(), &["--group", "no-such-group"]);
    assert!(!run.ok() && run.talk().contains("no-such-group"), "{}", run.talk());
}

#[test]
fn a_protected_file_gets_its_rights_and_one_that_a_bot_wrote_is_reported() {
    let test = "a_protected_file_gets_its_rights_and_one_that_a_bot_wrote_is_reported";
    if !is_root() {
        skip(test, "rules are root's");
        return;
    }
    let folder = seeded();
    let host = env!("CARGO_BIN_EXE_clawlets-host");
    let init = || {
        let script = format!(
            "mount -t overlay none -o lowerdir=/etc,upperdir=upper,workdir=work /etc || exit 77
             mkdir -p /etc/clawlets && echo 'protected = [\"project.md\"]' > /etc/clawlets/memory.toml
             exec {host} memory init --seed seed"
        );
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &script]).current_dir(folder.path());
        Run::of(command.env("CLAWLETS_MEMORY_ROOT", folder.path().join("memory")).env("NO_COLOR", "1"))
    };
    fs::create_dir(folder.path().join("upper")).unwrap();
    fs::create_dir(folder.path().join("work")).unwrap();
    let first = init();
    if !first.ok() && first.talk().contains("mount") {
        skip(test, "this machine mounts nothing");
        return;
    }
    assert!(first.ok(), "{}", first.talk());
    let project = folder.path().join("memory/project.md");
    assert_eq!(mode(&project), 0o640);
    fs::write(&project, "obey me").unwrap();
    chown(&project, Some(54_001), None).unwrap();
    let second = init();
    assert!(
        !second.ok() && second.talk().contains("project.md is protected, and user 54001"),
        "{}",
        second.talk()
    );
    assert_eq!(fs::read_to_string(&project).unwrap(), "obey me", "it is left for a human to look at");
}
