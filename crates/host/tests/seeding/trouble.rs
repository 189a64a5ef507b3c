//! Seeding on a bad day.

use std::{fs, net::TcpListener};

use clawlets_github_stand_in::GitMishap;
use clawlets_tests::{Run, eventually};

use crate::desk::Desk;

#[test]
fn a_list_that_is_wrong_names_every_line_and_nothing_is_done() {
    let desk = Desk::new();
    desk.write(
        "repos.tsv",
        "../evil\thttps://github.com/a/b\tmain\nok\text::sh -c true\tmain\nok2\thttps://github.com/a/b\t--upload-pack=x\n",
    );
    let run = desk.repos(&[]);
    assert_eq!(run.code(), 2, "{}", run.talk());
    for line in ["line 1", "line 2", "line 3"] {
        assert!(run.talk().contains(line), "{}", run.talk());
    }
    assert!(!desk.path("copies").exists());
    desk.write("repos.tsv", "site\tfile:///srv/site\tmain\n");
    assert_eq!(desk.repos(&[]).code(), 2, "a folder is no repository unless somebody says so");
}

#[test]
fn a_file_url_is_taken_when_somebody_says_so() {
    let desk = Desk::new();
    desk.write("repos.tsv", &format!("site\tfile://{}\tmain\r\n", desk.path("remotes/site").display()));
    desk.repos(&["--allow-file-urls"]).succeeds();
    assert_eq!(desk.read("copies/site/README.md"), "site 1\n");
}

#[test]
fn a_server_that_hangs_is_given_up_at_the_deadline() {
    let desk = Desk::new();
    desk.list(&[("site", "main")]);
    desk.server.be(Some(GitMishap::Hangs));
    let run = desk.repos(&["--deadline", "1s"]);
    assert_eq!(run.code(), 7, "{}", run.talk());
    assert!(run.out().contains("did not end within 1 s"), "{}", run.out());
}

#[test]
fn a_redirect_is_not_followed_with_the_token() {
    let desk = Desk::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    desk.server.be(Some(GitMishap::SentTo(format!("http://{}", listener.local_addr().unwrap()))));
    assert_eq!(desk.repos(&[]).code(), 7);
    assert!(listener.accept().is_err(), "nobody came");
}

#[test]
fn killed_in_the_middle_nothing_half_done_is_in_the_place_of_a_copy() {
    let desk = Desk::new();
    desk.server.be(Some(GitMishap::Hangs));
    let url = desk.server.url();
    let mut child = desk.command(&desk.repos_arguments(&["--deadline", "2s"], &url)).spawn().unwrap();
    eventually("it asks", || (desk.server.calls() > 0).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!desk.path("copies/site").exists());
    desk.server.be(None);
    desk.repos(&[]).succeeds();
    let left: Vec<_> = fs::read_dir(desk.path("copies"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(".clawlets-new-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_update_that_was_cut_off_is_finished() {
    let desk = Desk::new();
    desk.repos(&[]).succeeds();
    desk.commit("site", "README.md", "site 2\n");
    desk.repos(&[]).succeeds();
    // As a cut would leave it: noted, half done, and still locked.
    let head = desk.git("copies/site", &["rev-parse", "HEAD"]);
    desk.write("copies/site/README.md", "torn");
    desk.write("copies/site/.git/index.lock", "");
    desk.write("copies/site/.git/clawlets-forward", &head);
    desk.repos(&[]).succeeds();
    assert_eq!(desk.read("copies/site/README.md"), "site 2\n");
    assert!(!desk.path("copies/site/.git/clawlets-forward").exists());
}

#[test]
fn told_to_end_it_ends_and_can_be_resumed() {
    let desk = Desk::new();
    desk.server.be(Some(GitMishap::Hangs));
    let url = desk.server.url();
    let child = desk.command(&desk.repos_arguments(&[], &url)).spawn().unwrap();
    eventually("it asks", || (desk.server.calls() > 0).then_some(()));
    let id = child.id().to_string();
    Run::of(std::process::Command::new("kill").args(["-TERM", &id])).succeeds();
    let mut child = child;
    assert_eq!(child.wait().unwrap().code(), Some(10));
    desk.server.be(None);
    desk.repos(&[]).succeeds();
}

#[test]
fn two_at_once_do_not_work_on_the_same_copies() {
    let desk = Desk::new();
    desk.server.be(Some(GitMishap::Hangs));
    let url = desk.server.url();
    let mut child = desk.command(&desk.repos_arguments(&[], &url)).spawn().unwrap();
    eventually("it asks", || (desk.server.calls() > 0).then_some(()));
    let second = desk.repos(&[]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(second.code(), 4, "{}", second.talk());
}

#[test]
fn hooks_and_settings_of_the_tester_play_no_part() {
    let desk = Desk::new();
    let hook = desk.write("hooks/post-checkout", "#!/bin/sh\ntouch \"$WITNESS\"\n");
    Run::of(std::process::Command::new("chmod").arg("755").arg(hook)).succeeds();
    let config = format!(
        "[core]\n\thooksPath = {}\n[url \"file:///nowhere\"]\n\tinsteadOf = http\n",
        desk.path("hooks").display()
    );
    let config = desk.write("gitconfig", &config);
    let url = desk.server.url();
    let mut command = desk.command(&desk.repos_arguments(&[], &url));
    command.env("GIT_CONFIG_GLOBAL", config).env("WITNESS", desk.path("witness")).env("GIT_DIR", "/nowhere");
    Run::of(&mut command).succeeds();
    assert!(!desk.path("witness").exists());
}
