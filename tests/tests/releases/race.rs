//! Two who publish at once.

use std::thread;

use clawlets_tests::Run;

use crate::{desk::Desk, host::Host};

/// The numbers of the releases on the branch, and that of its pointer.
fn published(desk: &Desk, repository: &str) -> (Vec<u64>, u64) {
    let listed = desk.git(repository, &["ls-tree", "--name-only", "gh-pages", "web-1/prod/"]);
    let number = |name: &str| name.rsplit('/').next()?.strip_suffix(".json")?.parse().ok();
    let mut numbers: Vec<u64> = listed.lines().filter_map(number).collect();
    numbers.sort_unstable();
    let pointer = desk.git(repository, &["show", "gh-pages:web-1/prod/latest.json"]);
    let pointer: serde_json::Value = serde_json::from_str(&pointer).unwrap();
    (numbers, pointer["releaseId"].as_u64().unwrap())
}

#[test]
fn of_two_who_publish_at_once_on_a_branch_none_is_lost() {
    let host = Host::installed();
    let test = "of_two_who_publish_at_once_on_a_branch_none_is_lost";
    let Some(desk) = Desk::new(test, &host.health()) else { return };
    desk.git(".", &["clone", "--quiet", "--bare", "project", "origin.git"]);
    let desks = ["ada", "bea"];
    for (number, name) in (1..).zip(desks) {
        desk.git("origin.git", &["worktree", "add", "--quiet", "-b", name, &format!("../{name}"), "main"]);
        std::fs::write(
            desk.path(name).join("system.json"),
            format!(r#"{{"number":"{number}","health":"fine"}}"#),
        )
        .unwrap();
        desk.git(name, &["add", "--all"]);
        desk.git(name, &["commit", "--quiet", "--message", name]);
    }
    for round in 0..3u64 {
        let ran: Vec<Run> = thread::scope(|scope| {
            let each = desks.map(|name| scope.spawn(|| desk.publishes(name, "gh-pages")));
            each.map(|one| one.join().unwrap()).into()
        });
        let mut names: Vec<_> = ran.iter().map(Run::succeeds).collect();
        names.sort();
        let expected = [2 * round + 1, 2 * round + 2].map(|id| format!("web-1/prod/0/{id}\n"));
        assert_eq!(names, expected);
        let all: Vec<_> = (1..=2 * round + 2).collect();
        assert_eq!(
            published(&desk, "origin.git"),
            (all, 2 * round + 2),
            "none is lost, and the last one is shown"
        );
        for name in desks {
            desk.git(name, &["commit", "--quiet", "--allow-empty", "--message", "more"]);
        }
    }
}
