//! A branch as a site.

use std::fs;

use super::workshop::{TOPLEVEL, Workshop};

#[test]
fn a_branch_gets_a_commit_and_the_work_tree_stays_as_it_is() {
    let workshop = Workshop::stocked();
    fs::write(workshop.path().join("note.txt"), "work").unwrap();
    workshop.git(&["add", "note.txt"]);
    workshop.git(&["commit", "--quiet", "--message", "note"]);
    fs::write(workshop.path().join("untracked.txt"), "work").unwrap();
    let state = || (workshop.git(&["status", "--porcelain"]), workshop.git(&["rev-parse", "HEAD"]));
    let before = state();
    let first = workshop.published(&["--site", "gh-pages"]);
    assert_eq!(first["manifest"], "web-1/prod/1.json");
    assert_eq!(first["commit"], workshop.git(&["rev-parse", "gh-pages"]));
    let second = workshop.published(&["--site", "gh-pages", "--rev", &"1".repeat(40)]);
    assert_eq!(second["release"], "web-1/prod/0/2");
    assert_eq!(first["commit"], workshop.git(&["rev-parse", "gh-pages^"]));
    assert_eq!(state(), before);
    assert!(!workshop.path().join("deploy").exists());

    // What is on the branch is what hosts would get.
    let site = workshop.beside("site");
    workshop.git(&["worktree", "add", "--quiet", site.to_str().unwrap(), "gh-pages"]);
    for name in ["1.json", "2.json", "latest.json"] {
        let file = site.join("web-1/prod").join(name);
        workshop.ok(&[
            "release",
            "verify",
            "--in",
            file.to_str().unwrap(),
            "--public-key-file",
            &workshop.public_key(),
        ]);
    }
    let list =
        workshop.ok(&["release", "list", "--channel", "prod", "--site", site.to_str().unwrap(), "--json"]);
    assert_eq!(list.json()["releases"].as_array().unwrap().len(), 2, "{list}");
    let busy = workshop.publish(&["--toplevel", TOPLEVEL, "--site", "gh-pages"]);
    assert_eq!((busy.code, busy.fault().as_str()), (Some(4), "clawlets::release::busy"), "{busy}");
}

#[test]
fn two_channels_of_a_branch_do_not_get_into_each_others_way() {
    let workshop = Workshop::stocked();
    workshop.published(&["--site", "gh-pages"]);
    let key = workshop.key();
    workshop.ok(&[
        "release",
        "publish",
        "--channel",
        "staging",
        "--private-key-file",
        &key,
        "--toplevel",
        TOPLEVEL,
        "--site",
        "gh-pages",
    ]);
    let listed = workshop.git(&["ls-tree", "-r", "--name-only", "gh-pages"]);
    for name in ["web-1/prod/latest.json", "web-1/prod/latest.json.minisig", "web-1/staging/1.json"] {
        assert!(listed.lines().any(|line| line == name), "{listed}");
    }
    assert!(!listed.contains("staged"), "{listed}");
    let elsewhere = workshop.run(&["release", "list", "--channel", "prod", "--site", "gh-pages"]);
    assert_eq!(elsewhere.code, Some(2), "{elsewhere}");
}
