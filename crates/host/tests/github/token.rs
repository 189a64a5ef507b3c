//! Tokens that come, stay and go.

use std::{fs, os::unix::fs::MetadataExt};

use clawlets_tests::{Run, is_root, skip};

use crate::desk::Desk;

#[test]
fn a_token_is_in_the_file_under_every_name_and_only_its_group_may_read_it() {
    let desk = Desk::new();
    desk.mint(&[]).succeeds();
    let minted = &desk.github.minted()[0];
    let text = desk.read("run/github.env");
    for name in ["GITHUB_APP_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"] {
        assert!(text.lines().any(|line| line == format!("{name}={}", minted.token)), "{name}");
    }
    assert_eq!(fs::metadata(desk.path("run/github.env")).unwrap().mode() & 0o777, 0o640);
    assert_eq!(minted.repositories.iter().collect::<Vec<_>>(), ["clawlets"]);
    let permissions: Vec<_> = minted.permissions.keys().collect();
    assert_eq!(permissions, ["contents", "issues", "metadata"]);
}

#[test]
fn both_forms_of_a_key_sign_in() {
    let desk = Desk::new();
    for pem in [desk.github.pem().pkcs1.clone(), desk.github.pem().pkcs8.clone()] {
        desk.write("key.pem", &pem);
        desk.mint(&["--force"]).succeeds();
    }
    assert_eq!(desk.github.minted().len(), 2);
}

#[test]
fn a_token_that_is_good_for_a_while_is_left_as_it_is() {
    let desk = Desk::new();
    desk.mint(&[]).succeeds();
    let first = desk.read("run/github.env");
    let answer = desk.mint(&["--json"]).json();
    assert_eq!((answer[0]["minted"].as_bool(), desk.github.minted().len()), (Some(false), 1));
    assert_eq!(desk.read("run/github.env"), first);
    // It lives for an hour, so it does not last for two.
    desk.mint(&["--margin", "2h"]).succeeds();
    desk.mint(&["--force"]).succeeds();
    assert_eq!(desk.github.minted().len(), 3);
}

#[test]
fn a_token_for_something_else_is_made_anew() {
    let desk = Desk::new();
    desk.mint(&[]).succeeds();
    desk.mint(&["--repo", "website"]).succeeds();
    assert_eq!(desk.github.minted().len(), 2);
    assert_eq!(desk.github.minted()[1].repositories.len(), 2);
}

#[test]
fn however_many_mint_at_once_one_token_is_made() {
    let desk = Desk::new();
    let started: Vec<_> = (0..6).map(|_| desk.command(&Desk::mint_arguments(&[])).spawn().unwrap()).collect();
    for mut child in started {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!((desk.github.minted().len(), desk.github.most_at_once()), (1, 1));
}

#[test]
fn the_host_and_its_bots_each_have_a_token_of_their_own() {
    let test = "the_host_and_its_bots_each_have_a_token_of_their_own";
    if !is_root() {
        return skip(test, "files are given to a group, which only root may do");
    }
    let desk = Desk::new();
    let path = |name: &str| desk.path(name).display().to_string();
    let app = format!("app_id = 4711\ninstallation_id = 815\nprivate_key_file = '{}'\n", path("key.pem"));
    let config = format!(
        "host = 'web-1'\nsystem = 'x86_64-linux'\n[github]\nalias = '{}'\n\
         [github.host]\n{app}repositories = ['acme/clawlets']\npermissions = {{ contents = 'read' }}\nenv_file = '{}'\n\
         [github.bots.maren]\n{app}repositories = ['website']\npermissions = {{ issues = 'read' }}\nenv_file = '{}'\ngroup = 'daemon'\n",
        path("old/github-app.env"),
        path("run/github.env"),
        path("run/maren.env"),
    );
    desk.write("host.toml", &config);
    desk.run(&["github-token", "mint", "--config", "host.toml"]).succeeds();
    assert_eq!(Desk::token(&desk.path("old/github-app.env")), Desk::token(&desk.path("run/github.env")));
    assert_ne!(Desk::token(&desk.path("run/maren.env")), Desk::token(&desk.path("run/github.env")));
    let daemon = fs::metadata(desk.path("run/maren.env")).unwrap().gid();
    assert_eq!((daemon, fs::metadata(desk.path("run/github.env")).unwrap().gid()), (1, 0));
    desk.run(&["github-token", "mint", "--config", "host.toml", "--bot", "maren", "--force"]).succeeds();
    assert_eq!(desk.github.minted().len(), 3);
    let none = desk.run(&["github-token", "mint", "--config", "host.toml", "--bot", "jonas"]);
    assert_eq!(none.code(), 2, "{}", none.talk());
}

#[test]
fn what_is_not_narrowed_is_refused_before_anybody_is_asked() {
    let desk = Desk::new();
    let arguments = Desk::mint_arguments(&[]);
    let without_repository: Vec<&str> =
        arguments.iter().copied().filter(|word| !["--repo", "clawlets"].contains(word)).collect();
    assert_eq!(desk.run(&without_repository).code(), 2);
    assert_eq!(desk.mint(&["--permission", "contents=everything"]).code(), 2);
    assert_eq!(desk.mint(&["--group", "no-such-group"]).code(), 78);
    let insecure = Run::of(desk.command(&arguments).env("GITHUB_API_URL", "http://github.example"));
    assert_eq!(insecure.code(), 2, "{}", insecure.talk());
    assert!(desk.github.calls().is_empty());
}
