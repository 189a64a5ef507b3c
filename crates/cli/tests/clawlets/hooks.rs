//! `clawlets hooks`, called by git itself.

use std::{fs, path::Path, process::Command};

use clawlets_stand_in::Ran;

use crate::bench::{clawlets_in, command_in};

/// Git in a folder, with the program on its path.
fn git(folder: &Path, words: &[&str]) -> Ran {
    let programs = Path::new(env!("CARGO_BIN_EXE_clawlets")).parent().expect("a program is in a folder");
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
    let mut git = Command::new("git");
    git.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(words);
    Ran::of(git.env("PATH", path).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null"))
}

/// A repository with the hooks on, and a remote.
fn repository() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let work = home.path().join("work");
    fs::create_dir(&work).unwrap();
    assert_eq!(git(&work, &["init", "--quiet", "--initial-branch=main"]).code, Some(0));
    assert_eq!(git(&work, &["init", "--quiet", "--bare", "../remote.git"]).code, Some(0));
    assert_eq!(git(&work, &["remote", "add", "origin", "../remote.git"]).code, Some(0));
    let ran = clawlets_in(&work, &["hooks", "install"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    home
}

/// What looks like a token, made when the test runs.
fn token() -> String {
    format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fJ6kL3")
}

#[test]
fn a_commit_with_a_token_is_refused_and_the_token_is_not_shown() {
    let home = repository();
    let work = home.path().join("work");
    fs::write(work.join("notes.md"), format!("hello\nuse {}\n", token())).unwrap();
    git(&work, &["add", "--all"]);
    let ran = git(&work, &["commit", "--quiet", "-m", "notes"]);
    assert_ne!(ran.code, Some(0), "{ran}");
    assert!(ran.talk.contains("notes.md:2: a token: of the form that GitHub uses"), "{ran}");
    assert!(!ran.talk.contains(&token()) && ran.talk.contains("clawlets::hygiene::refused"), "{ran}");

    let found = clawlets_in(&work, &["hooks", "pre-commit", "--json"]);
    assert_eq!(found.code, Some(6), "{found}");
    assert_eq!(found.json()["findings"][0]["line"], 2);

    fs::write(work.join("notes.md"), format!("use {} # clawlets: not a secret\n", token())).unwrap();
    git(&work, &["add", "--all"]);
    let ran = git(&work, &["commit", "--quiet", "-m", "notes"]);
    assert_eq!(ran.code, Some(0), "{ran}");
}

#[test]
fn a_name_that_could_steer_the_terminal_is_shown_harmless() {
    let home = repository();
    let work = home.path().join("work");
    fs::write(work.join("a\u{1b}[31m\u{202e}b.md"), format!("token: {}\n", token())).unwrap();
    git(&work, &["add", "--all"]);
    let ran = clawlets_in(&work, &["hooks", "pre-commit"]);
    assert_eq!(ran.code, Some(6), "{ran}");
    assert!(!ran.talk.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.talk);
}

#[test]
fn a_push_with_a_secret_in_an_older_commit_is_refused() {
    let home = repository();
    let work = home.path().join("work");
    fs::create_dir_all(work.join("secrets/hosts/web-1")).unwrap();
    fs::write(work.join("secrets/hosts/web-1/token.yaml"), "token: plain\n").unwrap();
    git(&work, &["add", "--all"]);
    assert_eq!(git(&work, &["commit", "--no-verify", "--quiet", "-m", "oops"]).code, Some(0));
    git(&work, &["rm", "--quiet", "-r", "secrets"]);
    assert_eq!(git(&work, &["commit", "--quiet", "-m", "better"]).code, Some(0));
    let ran = git(&work, &["push", "--quiet", "origin", "main"]);
    assert_ne!(ran.code, Some(0), "{ran}");
    assert!(ran.talk.contains("secrets/hosts/web-1/token.yaml") && ran.talk.contains("commit"), "{ran}");

    git(&work, &["checkout", "--quiet", "--orphan", "clean"]);
    assert_eq!(git(&work, &["commit", "--quiet", "-m", "clean"]).code, Some(0));
    let ran = git(&work, &["push", "--quiet", "origin", "clean"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(git(&work, &["push", "--quiet", "origin", ":clean"]).code, Some(0), "a branch can be deleted");
}

#[test]
fn hooks_of_somebody_else_are_not_replaced_unasked() {
    let home = repository();
    let work = home.path().join("work");
    assert!(work.join(".githooks/pre-push").is_file());
    fs::write(work.join(".githooks/pre-push"), "#!/bin/sh\nexit 0\n").unwrap();
    assert_eq!(clawlets_in(&work, &["hooks", "install"]).code, Some(0), "again is fine");
    assert_eq!(fs::read_to_string(work.join(".githooks/pre-push")).unwrap(), "#!/bin/sh\nexit 0\n");
    git(&work, &["config", "core.hooksPath", "mine"]);
    let ran = clawlets_in(&work, &["hooks", "install"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(5), "clawlets::hooks::elsewhere"), "{ran}");
    assert_eq!(clawlets_in(&work, &["hooks", "install", "--force"]).code, Some(0));
}

#[test]
fn outside_of_a_repository_there_is_nothing_to_look_at() {
    let folder = tempfile::tempdir().unwrap();
    for verb in ["install", "pre-commit"] {
        let ran = clawlets_in(folder.path(), &["hooks", verb]);
        assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::git::failed"), "{ran}");
    }
}

#[test]
fn what_git_never_says_on_a_push_is_refused() {
    let home = repository();
    let mut command = command_in(&home.path().join("work"), &["hooks", "pre-push", "origin"]);
    let mut child =
        command.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"--upload-pack=x\n").unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(2));
}
