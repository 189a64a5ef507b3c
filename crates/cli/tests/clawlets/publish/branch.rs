//! A branch as a site.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

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

/// Writes a tree into the repository as nobody's git would make it. Its name.
fn tree(workshop: &Workshop, entries: &[(&str, &str, &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, object) in entries {
        write!(bytes, "{mode} {name}\0").unwrap();
        let pairs = (0..object.len()).step_by(2);
        bytes.extend(pairs.map(|at| u8::from_str_radix(&object[at..at + 2], 16).unwrap()));
    }
    let mut git = Command::new("git");
    git.arg("-C").arg(workshop.path()).args(["hash-object", "-t", "tree", "-w", "--literally", "--stdin"]);
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
fn what_somebody_pushed_to_the_branch_leads_nowhere_else() {
    let workshop = Workshop::stocked();
    let (small, large) = (workshop.beside("small"), workshop.beside("large"));
    fs::write(&small, "x").unwrap();
    fs::write(&large, vec![0; (1 << 20) + 1]).unwrap();
    let [small, large] =
        [small, large].map(|file| workshop.git(&["hash-object", "-w", file.to_str().unwrap()]));
    let commit = workshop.git(&["rev-parse", "HEAD"]);
    let up = |object: &str| tree(&workshop, &[("40000", "..", object)]);
    // From web-1/prod in a folder of its own, this is the folder that all such folders are in.
    let escaped = up(&up(&up(&tree(&workshop, &[("100644", "escaped", &small)]))));
    let far = workshop.beside("tmp");
    fs::create_dir(&far).unwrap();
    for (mode, name, object, why) in [
        ("40000", "..", escaped.as_str(), "has a name that nothing of a release has"),
        ("100644", ".hidden", &small, "has a name that nothing of a release has"),
        ("100644", "a\nb", &small, "has a name that nothing of a release has"),
        ("120000", "latest.json", &small, "is a link"),
        ("160000", "module", &commit, "is no file"),
        ("100644", "1.json", &large, "is larger than anything of a release"),
    ] {
        let channel = tree(&workshop, &[(mode, name, object)]);
        let host = tree(&workshop, &[("40000", "prod", &channel)]);
        let site = tree(&workshop, &[("40000", "web-1", &host)]);
        let evil = workshop.git(&["commit-tree", &site, "-m", "evil"]);
        workshop.git(&["update-ref", "refs/heads/gh-pages", &evil]);
        let key = workshop.key();
        let words = ["release", "publish", "--channel", "prod", "--private-key-file", &key];
        let words = [&words[..], &["--toplevel", TOPLEVEL, "--site", "gh-pages"]].concat();
        let ran = clawlets_stand_in::Ran::of(workshop.command(&words).env("TMPDIR", &far));
        assert_eq!((ran.code, ran.fault().as_str()), (Some(6), "clawlets::release::unreadable"), "{ran}");
        assert!(ran.talk.contains(why), "{ran}");
        assert_eq!(fs::read_dir(&far).unwrap().count(), 0, "{name:?}: nothing is left, nothing escaped");
        assert_eq!(workshop.git(&["rev-parse", "gh-pages"]), evil);
    }
}

#[test]
fn a_clone_goes_on_from_what_others_published() {
    let workshop = Workshop::stocked();
    let said = workshop.publish(&["--toplevel", TOPLEVEL, "--site", "gh-pages"]);
    assert!(said.talk.contains("git push origin gh-pages"), "hosts do not see a branch of a desk: {said}");
    let first = workshop.git(&["rev-parse", "gh-pages"]);
    // As it is behind a clone: the branch is known and not there.
    workshop.git(&["update-ref", "refs/remotes/origin/gh-pages", &first]);
    workshop.git(&["branch", "--quiet", "-D", "gh-pages"]);
    let second = workshop.published(&["--site", "gh-pages", "--rev", &"2".repeat(40)]);
    assert_eq!(second["release"], "web-1/prod/0/2");
    assert_eq!(workshop.git(&["rev-parse", "gh-pages^"]), first);
    // Somebody else has pushed meanwhile.
    let theirs = workshop.git(&["commit-tree", "gh-pages^{tree}", "-p", &first, "-m", "theirs"]);
    workshop.git(&["update-ref", "refs/remotes/origin/gh-pages", &theirs]);
    let ran = workshop.publish(&["--toplevel", TOPLEVEL, "--site", "gh-pages"]);
    assert_eq!((ran.code, ran.fault().as_str()), (Some(5), "clawlets::release::exists"), "{ran}");
    assert!(ran.talk.contains("git fetch origin gh-pages:gh-pages"), "{ran}");
}
