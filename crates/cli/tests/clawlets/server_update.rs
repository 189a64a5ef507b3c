//! `clawlets server update`: what is asked of a host, and how its answers come back.

use std::{fs, process::Stdio};

use clawlets_stand_in::Ran;
use clawlets_tests::eventually;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{
    declared::Declared,
    far_host::{Host, python},
};

/// A project whose one host is reached.
fn project(host: &Host) -> Declared {
    let project = Declared::fresh();
    project.ok("host set --host web-1 --target-host admin@127.0.0.1");
    let known = crate::bench::clawlets_in(
        project.folder(),
        &["fleet", "set", "--add-ssh-known-host", &host.known_host()],
    );
    assert_eq!(known.code, Some(0), "{known}");
    project
}

fn run(host: &Host, project: &Declared, line: &str) -> Ran {
    host.run(&mut project.command(&format!("server update {line}")))
}

#[test]
fn each_verb_is_one_of_the_hosts_own_program() {
    let Some(python) = python("each_verb_is_one_of_the_hosts_own_program") else { return };
    let host = Host::start(&python);
    let project = project(&host);
    for (line, told) in [
        ("apply --host web-1", "update apply"),
        ("status", "update status"),
        ("status --json", "update status --json"),
        ("pause", "update pause"),
        ("resume", "update resume"),
        ("pin 7", "update pin 7"),
        ("skip 1/7 --json", "update skip 1/7 --json"),
    ] {
        let ran = run(&host, &project, line);
        assert_eq!((ran.code, host.arguments().as_str()), (Some(0), told), "{ran}");
    }
    let logs =
        "--no-pager --lines=5 --unit=clawlets-update-fetch.service --unit=clawlets-update-apply.service";
    run(&host, &project, "logs --lines 5");
    assert_eq!(host.arguments(), logs);
    run(&host, &project, "logs --lines 5 --follow --json");
    assert_eq!(host.arguments(), format!("{logs} --follow --output=json"));
}

#[test]
fn what_the_host_says_and_how_it_ends_is_handed_on() {
    let Some(python) = python("what_the_host_says_and_how_it_ends_is_handed_on") else { return };
    let host = Host::start(&python);
    let project = project(&host);
    fs::write(host.at("got.says"), "{\"result\":\"denied\"}\n").unwrap();
    fs::write(host.at("got.exit"), "6").unwrap();
    let ran = run(&host, &project, "status --json");
    assert_eq!((ran.code, ran.json()["result"].as_str()), (Some(6), Some("denied")), "{ran}");
    assert!(!ran.talk.contains("clawlets::"), "how it ended is no fault of ours: {ran}");
    // A number that none of our programs ends with.
    fs::write(host.at("got.exit"), "42").unwrap();
    let ran = run(&host, &project, "status");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::host::refused"), "{ran}");
    assert_eq!(ran.out, "{\"result\":\"denied\"}\n");
    fs::remove_file(host.at("bin/clawlets-host")).unwrap();
    let ran = run(&host, &project, "apply");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(1), "clawlets::host::refused"), "{ran}");
    assert!(ran.talk.contains("web-1 has no program clawlets-host"), "{ran}");
}

#[test]
fn a_host_that_is_not_reached_is_told_nothing() {
    let Some(python) = python("a_host_that_is_not_reached_is_told_nothing") else { return };
    let host = Host::start(&python);
    let nowhere = Declared::fresh();
    let ran = run(&host, &nowhere, "status");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::host::unreachable"), "{ran}");
    assert!(ran.talk.contains("--target-host"), "{ran}");
    assert_eq!(run(&host, &nowhere, "status --host web-9").fault(), "clawlets::host::unknown");
    // The key of another host stands for this one.
    let other = Host::start(&python);
    let project = project(&other);
    let ran = run(&host, &project, "apply");
    assert_eq!((ran.code, ran.fault().as_str()), (Some(7), "clawlets::host::unreachable"), "{ran}");
    assert!(!host.at("got.arguments").exists());
}

#[test]
fn only_a_release_is_pinned_or_skipped() {
    let Some(python) = python("only_a_release_is_pinned_or_skipped") else { return };
    let host = Host::start(&python);
    let project = project(&host);
    for release in ["x", "0", "-1", "1/2/3", "1;reboot", "$(reboot)", "9007199254740992"] {
        for verb in ["pin", "skip"] {
            assert_eq!(run(&host, &project, &format!("{verb} {release}")).code, Some(2), "{release}");
        }
    }
    assert!(!host.at("got.arguments").exists());
}

#[test]
fn whoever_stops_waiting_is_told_that_the_host_may_go_on() {
    let Some(python) = python("whoever_stops_waiting_is_told_that_the_host_may_go_on") else { return };
    let host = Host::start(&python);
    let project = project(&host);
    // It waits for a pipe that nobody writes to.
    let pipe = host.at("got.says");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let mut command = project.command("server update apply");
    host.reach(&mut command).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    eventually("the host was told", || host.at("got.arguments").exists().then_some(()));
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    let ran: Ran = child.wait_with_output().unwrap().into();
    assert_eq!((ran.code, ran.fault().as_str()), (Some(10), "clawlets::interrupted"), "{ran}");
    assert!(ran.talk.contains("server update status"), "{ran}");
    // So that what waits there ends too.
    drop(fs::OpenOptions::new().read(true).write(true).open(pipe).unwrap());
}
