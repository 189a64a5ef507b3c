//! Copies of repositories.

use std::fs;

use clawlets_github_stand_in::GitMishap;
use clawlets_seed::{repos::RepoName, snapshot::build};
use clawlets_tests::Run;

use crate::desk::{Desk, TOKEN};

fn results(desk: &Desk) -> Vec<(String, String)> {
    let run = desk.repos(&["--json"]);
    run.succeeds();
    Desk::results(&run)
}

fn both(result: &str) -> Vec<(String, String)> {
    ["site", "lib"].map(|name| (name.to_owned(), result.to_owned())).into()
}

#[test]
fn repositories_are_cloned_then_left_as_they_are_then_moved_forward() {
    let desk = Desk::new();
    assert_eq!(results(&desk), both("cloned"));
    assert_eq!(desk.read("copies/site/README.md"), "site 1\n");
    assert_eq!(results(&desk), both("unchanged"));
    desk.commit("site", "README.md", "site 2\n");
    assert_eq!(results(&desk)[0].1, "updated");
    assert_eq!(desk.read("copies/site/README.md"), "site 2\n");
    // A history that was written anew is followed as well, since nobody has commits of their own here.
    desk.git("work-site", &["commit", "--quiet", "--amend", "--message", "anew"]);
    desk.commit("site", "README.md", "site 3\n");
    assert_eq!(results(&desk)[0].1, "updated");
    assert_eq!(desk.read("copies/site/README.md"), "site 3\n");
}

#[test]
fn the_token_is_sent_and_is_in_no_file_and_no_argument() {
    let desk = Desk::new();
    // In the place of git: says what it was told, and does it.
    desk.write("bin/git", "#!/bin/sh\nprintf '%s\\n' \"$*\" >> \"$ARGUMENTS\"\nexec /usr/bin/git \"$@\"\n");
    Run::of(std::process::Command::new("chmod").arg("755").arg(desk.path("bin/git"))).succeeds();
    let url = desk.server.url();
    let path = format!("{}:{}", desk.path("bin").display(), std::env::var("PATH").unwrap());
    for round in 0..2 {
        let mut command = desk.command(&desk.repos_arguments(&[], &url));
        let run = Run::of(command.env("PATH", &path).env("ARGUMENTS", desk.path("arguments")));
        run.succeeds();
        assert!(!run.out().contains(TOKEN) && !run.talk().contains(TOKEN));
        desk.commit("site", "README.md", &format!("site, round {round}\n"));
    }
    assert!(!desk.server.shown().is_empty(), "the server saw it");
    let encoded = desk.server.shown()[0].rsplit(' ').next().unwrap().to_owned();
    let arguments = desk.read("arguments");
    assert!(arguments.contains("clone") && arguments.contains("fetch"), "{arguments}");
    assert!(!arguments.contains(TOKEN) && !arguments.contains(&encoded), "{arguments}");
    for file in Desk::files(&desk.path("copies")) {
        let bytes = fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(TOKEN) && !text.contains(&encoded), "{}", file.display());
    }
}

#[test]
fn the_token_is_sent_to_its_origin_alone() {
    let desk = Desk::new();
    let run = desk.run(&desk.repos_arguments(&[], "https://github.com"));
    assert_eq!(run.code(), 7, "{}", run.talk());
    assert!(desk.server.calls() > 0 && desk.server.shown().is_empty(), "{:?}", desk.server.shown());
}

#[test]
fn a_token_from_the_environment_opens_them_too() {
    let desk = Desk::new();
    let url = desk.server.url();
    let arguments = ["seed", "repos", "--list", "repos.tsv", "--into", "copies", "--token-origin", &url];
    Run::of(desk.command(&arguments).env("GITHUB_TOKEN", TOKEN)).succeeds();
    assert_eq!(desk.read("copies/lib/README.md"), "lib 1\n");
}

#[test]
fn what_somebody_changed_is_left_alone_and_named() {
    let desk = Desk::new();
    results(&desk);
    desk.write("copies/site/README.md", "mine\n");
    desk.write("copies/lib/new", "mine\n");
    desk.git("copies/lib", &["add", "new"]);
    desk.git("copies/lib", &["commit", "--quiet", "--message", "mine"]);
    desk.commit("site", "README.md", "site 2\n");
    desk.commit("lib", "README.md", "lib 2\n");
    let run = desk.repos(&[]);
    let said = run.succeeds();
    assert!(said.contains("site left alone: 1 file was changed in it"), "{said}");
    assert!(said.contains("lib left alone: it has commits of its own"), "{said}");
    assert_eq!(desk.read("copies/site/README.md"), "mine\n");
    assert_eq!(desk.read("copies/lib/new"), "mine\n");
}

#[test]
fn another_branch_stays_checked_out() {
    let desk = Desk::new();
    results(&desk);
    desk.git("copies/site", &["switch", "--quiet", "--create", "mine"]);
    let said = desk.repos(&[]).succeeds();
    assert!(said.contains("site left alone: branch mine is checked out"), "{said}");
}

#[test]
fn what_is_no_copy_of_ours_is_a_conflict_and_is_not_touched() {
    let desk = Desk::new();
    desk.write("copies/site/notes", "mine\n");
    desk.git("copies", &["init", "--quiet", "lib"]);
    desk.git("copies/lib", &["remote", "add", "origin", "https://example.org/other.git"]);
    let run = desk.repos(&[]);
    assert_eq!(run.code(), 5, "{}", run.talk());
    assert!(run.out().contains("site left alone: what is there is no repository"), "{}", run.out());
    assert!(run.out().contains("lib left alone: it comes from another place"), "{}", run.out());
    assert_eq!(desk.read("copies/site/notes"), "mine\n");
}

#[test]
fn one_that_fails_does_not_keep_the_others_from_coming() {
    let desk = Desk::new();
    desk.list(&[("gone", "main"), ("site", "main"), ("lib", "no-such-branch")]);
    let run = desk.repos(&["--json"]);
    assert_eq!(run.code(), 7, "{}", run.talk());
    let results: Vec<_> = Desk::results(&run).into_iter().map(|(_, result)| result).collect();
    assert_eq!(results, ["failed", "cloned", "failed"]);
    let left: Vec<_> =
        fs::read_dir(desk.path("copies")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| ["gone", "lib"].contains(&name.to_str().unwrap())), "{left:?}");
    assert!(!left.iter().any(|name| name.to_str().unwrap().starts_with(".clawlets-new-")), "{left:?}");
}

#[test]
fn a_dry_run_asks_nobody_and_changes_nothing() {
    let desk = Desk::new();
    let run = desk.repos(&["--dry-run", "--json"]);
    run.succeeds();
    assert_eq!(Desk::results(&run), both("wouldClone"));
    assert_eq!((desk.server.calls(), desk.path("copies").exists()), (0, false));
}

#[test]
fn without_a_branch_the_remotes_own_is_taken() {
    let desk = Desk::new();
    desk.write("repos.tsv", &format!("site\t{}/site", desk.server.url()));
    desk.repos(&[]).succeeds();
    assert_eq!(desk.git("copies/site", &["branch", "--show-current"]), "main");
}

#[test]
fn a_snapshot_brings_copies_while_there_is_no_network() {
    let desk = Desk::new();
    results(&desk);
    let names = ["site", "lib"].map(|name| RepoName::parse(name).unwrap());
    build(&desk.path("copies"), &names, fs::File::create(desk.path("seeds.tar.zst")).unwrap()).unwrap();
    fs::remove_dir_all(desk.path("copies")).unwrap();
    desk.server.be(Some(GitMishap::Refused(503)));
    let run = desk.repos(&["--snapshot", "seeds.tar.zst", "--json"]);
    run.succeeds();
    assert_eq!(Desk::results(&run), both("restored"));
    assert_eq!(desk.read("copies/site/README.md"), "site 1\n");
    // With a network they are brought up to date at once, and what is not in it is cloned.
    fs::remove_dir_all(desk.path("copies")).unwrap();
    desk.server.be(None);
    desk.commit("site", "README.md", "site 2\n");
    desk.repos(&["--snapshot", "seeds.tar.zst"]).succeeds();
    assert_eq!(desk.read("copies/site/README.md"), "site 2\n");
    desk.write("seeds.tar.zst", "damaged");
    let run = desk.repos(&["--snapshot", "seeds.tar.zst"]);
    assert_eq!(run.code(), 6, "{}", run.talk());
}
