//! `kill -9` in the middle of a boot.

use std::{fs, time::Duration};

use clawlets_tests::{eventually, eventually_within};

use crate::world::World;

/// Kills a boot once it is where it should be killed.
fn kill_when(world: &World, what: &str, is_there: impl Fn() -> bool) {
    let mut boot = world.begin();
    eventually(what, || is_there().then_some(()));
    boot.kill().unwrap();
    boot.wait().unwrap();
}

#[test]
fn whichever_phase_is_killed_the_next_run_goes_on_with_it() {
    let Some(world) = World::new("whichever_phase_is_killed_the_next_run_goes_on_with_it") else { return };
    let phase = |world: &World| world.status()["phase"].as_str().unwrap_or_default().to_owned();
    world.boot().succeeds();
    world.log();
    // Of requests to the cloud what is held up; of commands which. And what is in use then.
    let requests = [("bundle", "secrets.tgz", 1), ("secrets", "GetSecretValue", 1)];
    let commands = [("repos", "seed"), ("memory", "memory"), ("token", "token"), ("gateway", "start")];
    let mut number = 1;
    for (at, word, _) in requests {
        number += 1;
        world.reboot(number);
        world.publish(number);
        world.gate.hold(Some(word));
        kill_when(&world, at, || world.gate.holds_one());
        assert_eq!(phase(&world), at);
        assert_eq!(world.version(), None, "{at}");
        world.gate.hold(None);
        world.boot().succeeds();
        assert_eq!(world.version(), Some(format!("key of bundle {number}")), "{at}");
        assert_eq!(world.log(), ["seed", "memory", "token", "start"], "{at}");
    }
    for (index, (at, command)) in commands.into_iter().enumerate() {
        number += 1;
        world.reboot(number);
        world.publish(number);
        let hold = world.write(&format!("hold-{command}"), "");
        let log = world.path("log");
        kill_when(&world, at, || {
            fs::read_to_string(&log).is_ok_and(|text| text.lines().any(|l| l == command))
        });
        assert_eq!(phase(&world), at);
        assert_eq!(world.version(), Some(format!("key of bundle {number}")), "{at}");
        // What it had begun ends with the file that it waits for.
        fs::remove_file(hold).unwrap();
        world.log();
        world.boot().succeeds();
        assert_eq!(world.log(), ["seed", "memory", "token", "start"][index..], "{at}");
    }
}

#[test]
fn on_a_running_host_the_old_secrets_stay_until_the_new_ones_are_whole() {
    let Some(world) = World::new("on_a_running_host_the_old_secrets_stay_until_the_new_ones_are_whole")
    else {
        return;
    };
    world.boot().succeeds();
    world.publish(2);
    for word in ["manifest.json", "secrets.tgz", "repo-seeds.tar.zst", "GetSecretValue"] {
        world.gate.hold(Some(word));
        kill_when(&world, word, || world.gate.holds_one());
        assert_eq!(world.version().as_deref(), Some("key of bundle 1"), "{word}");
        assert_eq!(world.secret("discord-token").as_deref(), Some("a-discord-token"), "{word}");
        world.gate.hold(None);
    }
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 2"));
}

#[test]
fn a_boot_that_is_killed_again_and_again_comes_to_its_end() {
    let Some(world) = World::new("a_boot_that_is_killed_again_and_again_comes_to_its_end") else { return };
    for kill in 0..12_u32 {
        let mut boot = world.begin();
        let end = std::time::Instant::now() + Duration::from_millis(30) * kill;
        let is_over = || std::time::Instant::now() >= end;
        eventually_within(Duration::from_secs(10), "its time to be over", || is_over().then_some(()));
        let _ = boot.kill();
        boot.wait().unwrap();
        let version = world.version();
        assert!(version.is_none_or(|version| version == "key of bundle 1"));
    }
    world.boot().succeeds();
    assert_eq!(world.version().as_deref(), Some("key of bundle 1"));
    assert_eq!(world.secret("discord-token").as_deref(), Some("a-discord-token"));
}

#[test]
fn one_boot_is_at_work_at_a_time_and_one_that_is_told_to_end_ends() {
    let Some(world) = World::new("one_boot_is_at_work_at_a_time_and_one_that_is_told_to_end_ends") else {
        return;
    };
    world.gate.hold(Some("GetSecretValue"));
    let mut boot = world.begin();
    eventually("the boot to be at work", || world.gate.holds_one().then_some(()));
    let second = world.boot();
    assert_eq!(second.code(), 4, "{}", second.talk());
    let id = i32::try_from(boot.id()).unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(boot.wait().unwrap().code(), Some(10));
    world.gate.hold(None);
    world.boot().succeeds();
}
