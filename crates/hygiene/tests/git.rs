//! What is staged, pushed and tracked, in real repositories.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, path::Path, process::Command};

use clawlets_hygiene::{Finding, PushedRef, Repository, Rule};

/// A repository with a remote that has its first commit.
struct Bench {
    home: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { home: tempfile::tempdir().unwrap() };
        fs::create_dir(bench.work()).unwrap();
        let remote = bench.home.path().join("remote.git");
        bench.git(&["init", "--quiet", "--initial-branch=main"]);
        bench.git(&["init", "--quiet", "--bare", remote.to_str().unwrap()]);
        bench.git(&["remote", "add", "origin", remote.to_str().unwrap()]);
        bench.write("README.md", "a fleet\n");
        bench.commit("first");
        bench.git(&["push", "--quiet", "origin", "main"]);
        bench
    }

    fn work(&self) -> std::path::PathBuf {
        self.home.path().join("work")
    }

    fn git(&self, words: &[&str]) -> String {
        let mut git = Command::new("git");
        git.arg("-C")
            .arg(self.work())
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(words);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = git.output().unwrap();
        assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.work().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all", "--force"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.head()
    }

    fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    fn repository(&self) -> Repository {
        Repository::around(&self.work()).unwrap()
    }

    /// What a push of `new` over `old` finds.
    fn pushed(&self, new: &str, old: Option<&str>) -> Vec<Finding> {
        let refs = [PushedRef { new: Some(new.to_owned()), old: old.map(str::to_owned) }];
        self.repository().scan_pushed(&refs, "origin").unwrap()
    }
}

/// A text with something that looks like a token, made when the test runs.
fn leak() -> String {
    format!("token: ghp_{}\n", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fJ6kL3")
}

fn rules(findings: &[Finding]) -> Vec<(&str, Rule)> {
    findings.iter().map(|finding| (finding.path.as_str(), finding.rule)).collect()
}

#[test]
fn what_is_staged_counts_and_not_what_lies_in_the_folder() {
    let bench = Bench::new();
    bench.write("notes.md", &leak());
    assert_eq!(bench.repository().scan_staged().unwrap(), [], "not staged yet");
    bench.git(&["add", "notes.md"]);
    bench.write("notes.md", "clean again\n");
    let found = bench.repository().scan_staged().unwrap();
    assert_eq!(rules(&found), [("notes.md", Rule::Token)], "the staged version has it");
    bench.git(&["add", "notes.md"]);
    assert_eq!(bench.repository().scan_staged().unwrap(), []);
}

#[test]
fn the_first_commit_of_a_repository_is_looked_at_too() {
    let home = tempfile::tempdir().unwrap();
    let git = |words: &[&str]| {
        assert!(Command::new("git").arg("-C").arg(home.path()).args(words).status().unwrap().success());
    };
    git(&["init", "--quiet"]);
    fs::write(home.path().join("a b.md"), leak()).unwrap();
    git(&["add", "a b.md"]);
    let repository = Repository::around(home.path()).unwrap();
    assert_eq!(rules(&repository.scan_staged().unwrap()), [("a b.md", Rule::Token)]);
    assert_eq!(rules(&repository.scan_tracked().unwrap()), [("a b.md", Rule::Token)]);
}

#[test]
fn a_secret_that_a_later_commit_removes_is_still_pushed() {
    let bench = Bench::new();
    let old = bench.head();
    bench.write("notes.md", &leak());
    let guilty = bench.commit("oops");
    bench.git(&["rm", "--quiet", "notes.md"]);
    let new = bench.commit("better");
    let found = bench.pushed(&new, Some(&old));
    assert_eq!((rules(&found), found[0].commit.as_str()), (vec![("notes.md", Rule::Token)], guilty.as_str()));
    assert_eq!(bench.repository().scan_tracked().unwrap(), [], "it is not there any more");
}

#[test]
fn a_new_branch_a_tag_and_a_forced_push_are_looked_at_from_what_the_remote_has() {
    let bench = Bench::new();
    bench.write(".clawlets/env", "X=1\n");
    let new = bench.commit("oops");
    for old in [None, Some("1234567890123456789012345678901234567890")] {
        assert_eq!(rules(&bench.pushed(&new, old)), [(".clawlets/env", Rule::ForbiddenPath)], "{old:?}");
    }
    bench.git(&["tag", "--annotate", "-m", "v1", "v1"]);
    let tag = bench.git(&["rev-parse", "v1"]);
    assert_ne!(tag, new);
    assert_eq!(rules(&bench.pushed(&tag, None)), [(".clawlets/env", Rule::ForbiddenPath)]);
    bench.git(&["push", "--quiet", "--no-verify", "origin", "main"]);
    assert_eq!(bench.pushed(&new, None), [], "the remote has it already");
}

#[test]
fn a_deleted_branch_sends_nothing() {
    let bench = Bench::new();
    let refs = [PushedRef { new: None, old: Some(bench.head()) }];
    assert_eq!(bench.repository().scan_pushed(&refs, "origin").unwrap(), []);
}

#[test]
fn what_a_merge_itself_adds_is_seen() {
    let bench = Bench::new();
    let old = bench.head();
    bench.git(&["checkout", "--quiet", "-b", "side"]);
    bench.write("side.md", "side\n");
    bench.commit("side");
    bench.git(&["checkout", "--quiet", "main"]);
    bench.write("main.md", "main\n");
    bench.commit("main");
    bench.git(&["merge", "--quiet", "--no-commit", "--no-ff", "side"]);
    bench.write("main.md", &leak());
    bench.git(&["add", "--all"]);
    bench.git(&["commit", "--quiet", "-m", "merge"]);
    assert_eq!(rules(&bench.pushed(&bench.head(), Some(&old))), [("main.md", Rule::Token)]);
}

#[test]
fn a_message_with_a_token_is_found() {
    let bench = Bench::new();
    let old = bench.head();
    let new = bench.commit(&leak());
    assert_eq!(rules(&bench.pushed(&new, Some(&old))), [("(commit message)", Rule::Token)]);
}

#[test]
fn what_a_tag_says_and_what_it_is_of_is_pushed_too() {
    let bench = Bench::new();
    bench.write("leak.md", &leak());
    let file = bench.git(&["hash-object", "-w", "leak.md"]);
    fs::remove_file(bench.work().join("leak.md")).unwrap();
    bench.git(&["tag", "says", "--annotate", "-m", &leak()]);
    bench.git(&["tag", "of-a-tag", "--annotate", "-m", "fine", "says"]);
    bench.git(&["tag", "of-a-file", "--annotate", "-m", "fine", &file]);
    let entry = format!("100644,{file},a/leak.md");
    bench.git(&["update-index", "--add", "--cacheinfo", &entry]);
    let folder = bench.git(&["write-tree"]);
    bench.git(&["tag", "of-a-folder", "--annotate", "-m", "fine", &folder]);
    for (tag, place) in [
        ("says", "(tag message)"),
        ("of-a-tag", "(tag message)"),
        ("of-a-file", "(tagged file)"),
        ("of-a-folder", "a/leak.md"),
    ] {
        let tag = bench.git(&["rev-parse", tag]);
        assert_eq!(rules(&bench.pushed(&tag, None)), [(place, Rule::Token)], "{place}");
    }
    assert_eq!(rules(&bench.pushed(&file, None)), [("(tagged file)", Rule::Token)]);
}

#[test]
fn an_object_that_this_machine_replaces_is_looked_at_as_it_is_pushed() {
    let bench = Bench::new();
    let old = bench.head();
    bench.write("notes.md", "harmless\n");
    let harmless = bench.git(&["hash-object", "-w", "notes.md"]);
    bench.write("notes.md", &leak());
    let new = bench.commit("oops");
    let leaking = bench.git(&["rev-parse", "HEAD:notes.md"]);
    bench.git(&["replace", &leaking, &harmless]);
    assert_eq!(rules(&bench.pushed(&new, Some(&old))), [("notes.md", Rule::Token)]);
}

#[test]
fn a_repository_with_longer_names_of_objects_is_looked_at_too() {
    let home = tempfile::tempdir().unwrap();
    let git = |words: &[&str]| {
        assert!(Command::new("git").arg("-C").arg(home.path()).args(words).status().unwrap().success());
    };
    git(&["init", "--quiet", "--object-format=sha256"]);
    fs::write(home.path().join("a.md"), leak()).unwrap();
    git(&["add", "a.md"]);
    let repository = Repository::around(home.path()).unwrap();
    assert_eq!(rules(&repository.scan_staged().unwrap()), [("a.md", Rule::Token)]);
}

#[test]
fn a_folder_without_a_repository_is_an_error_that_repeats_git() {
    let home = tempfile::tempdir().unwrap();
    let error = Repository::around(Path::new(home.path())).unwrap_err().to_string();
    assert!(error.contains("not a git repository"), "{error}");
}
