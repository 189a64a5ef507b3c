//! Whatever stops a publication, hosts see the release from before, and the next run takes it up.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::workshop::{TOPLEVEL, Workshop};

const REVS: [&str; 2] =
    ["1111111111111111111111111111111111111111", "2222222222222222222222222222222222222222"];

#[test]
fn what_was_prepared_is_taken_up_with_its_number() {
    let workshop = Workshop::stocked();
    workshop.published(&["--rev", REVS[0]]);
    let prepared = workshop.ok(&[
        "release",
        "publish",
        "--channel",
        "prod",
        "--toplevel",
        TOPLEVEL,
        "--rev",
        REVS[1],
        "--prepare",
        "--json",
    ]);
    let said = prepared.json();
    assert_eq!((&said["release"], &said["outcome"]), (&"web-1/prod/0/2".into(), &"prepared".into()));
    assert_eq!(workshop.seen_by_hosts(), 1);
    let before = workshop.document("2.json");
    assert_eq!(workshop.published(&["--rev", REVS[1]])["release"], "web-1/prod/0/2");
    assert_eq!((workshop.seen_by_hosts(), workshop.document("2.json")), (2, before));
}

#[test]
fn what_was_halted_or_changed_by_hand_is_not_taken_up() {
    let workshop = Workshop::stocked();
    workshop.published(&[]);
    workshop.ok(&["release", "pointer", "write", "--channel", "prod", "--halted"]);
    assert_eq!(workshop.published(&[])["release"], "web-1/prod/0/2");
    let path = workshop.path().join("deploy/web-1/prod/2.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen('{', "{\n  \"extra\": 1,", 1)).unwrap();
    assert_eq!(workshop.published(&[])["release"], "web-1/prod/0/3");
}

#[test]
fn leftovers_of_a_crash_are_cleared() {
    let workshop = Workshop::stocked();
    let staged = workshop.path().join("deploy/web-1/.prod.staged");
    fs::create_dir_all(staged.join("secrets")).unwrap();
    fs::write(staged.join("latest.json"), "cut o").unwrap();
    workshop.published(&[]);
    assert_eq!(workshop.seen_by_hosts(), 1);
    assert!(!staged.exists());
}

/// Waits until a file is there, or the program ended before anybody saw it.
fn seen(path: &Path, has_ended: &mut dyn FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !path.exists() && !has_ended() {
        assert!(Instant::now() < deadline, "{} never came", path.display());
        std::hint::spin_loop();
    }
}

#[test]
fn killed_at_any_point_it_leaves_a_release_that_hosts_believe() {
    let workshop = Workshop::stocked();
    workshop.published(&[]);
    let site = workshop.path().join("deploy/web-1");
    let mut before = 1;
    for at in [
        "prod/N.json",
        "prod/N.json.minisig",
        ".prod.staged",
        ".prod.staged/latest.json",
        ".prod.staged/latest.json.minisig",
    ] {
        let next = before + 1;
        let rev = format!("{next:040}");
        let key = workshop.key();
        let words = [
            "release",
            "publish",
            "--channel",
            "prod",
            "--toplevel",
            TOPLEVEL,
            "--private-key-file",
            &key,
            "--rev",
            &rev,
        ];
        let mut command = workshop.command(&words);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let path = site.join(at.replace('N', &next.to_string()));
        seen(&path, &mut || child.try_wait().unwrap().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        let seen = workshop.seen_by_hosts();
        assert!(seen == before || seen == next, "{at}: {seen}");
        let again = workshop.run(&words);
        assert_eq!(again.code, Some(0), "{at}: {again}");
        assert_eq!(
            (workshop.seen_by_hosts(), again.out.trim()),
            (next, format!("web-1/prod/0/{next}").as_str())
        );
        before = next;
    }
}

#[test]
fn interrupted_it_ends_what_it_waits_for_and_goes_on_the_next_time() {
    for signal in ["INT", "TERM"] {
        // A nix that is asked about a cache and takes its time.
        let workshop = Workshop::scripted(
            r#"echo $$ >"$0.new" && mv "$0.new" "$0.pid"
            exec sleep 600"#,
        );
        let key = workshop.key();
        let words = ["release", "publish", "--channel", "prod", "--toplevel", TOPLEVEL];
        let words = [&words[..], &["--private-key-file", &key, "--site", "gh-pages", "--json"]].concat();
        let temporary = workshop.beside("tmp");
        fs::create_dir(&temporary).unwrap();
        let mut command = workshop.command(&words);
        command.env("TMPDIR", &temporary).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pid = workshop.beside("nix.pid");
        seen(&pid, &mut || child.try_wait().unwrap().is_some());
        let told = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(10), "{signal}: {said}");
        assert!(said.contains("clawlets::interrupted") && said.contains("takes up"), "{said}");
        let pid = fs::read_to_string(pid).unwrap();
        assert!(!Path::new("/proc").join(pid.trim()).exists(), "what it waited for has ended");
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "nothing is left");
    }
}
