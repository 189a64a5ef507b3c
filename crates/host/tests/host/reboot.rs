//! A release that cannot be switched to live is booted once, and becomes the default when it has proven itself.

use std::fs;

use crate::{machine::Candidate, store::Quality, world::World};

#[test]
fn a_new_kernel_is_booted_once_and_then_for_good() {
    let Some(world) = World::new("a_new_kernel_is_booted_once_and_then_for_good") else { return };
    let first = world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    let second = world.publish(2, Quality::NewKernel);
    let waits = world.run(&["update", "apply"]);
    assert_eq!(waits.code(), 6, "{}", waits.talk());
    assert!(world.status()["message"].as_str().unwrap().contains("needs a reboot (kernel)"));

    world.may_reboot();
    fs::write(world.host().join("locked"), "").unwrap();
    assert_eq!(world.run(&["update", "apply"]).code(), 4, "another host reboots");
    fs::remove_file(world.host().join("locked")).unwrap();

    let mut updater = world.start_apply();
    world.goes_down(&mut updater);
    assert_eq!(world.text("bootctl.log"), "set-oneshot nixos-candidate-generation-1.conf\n");
    assert_eq!(world.text("boot-default").trim(), first.as_str(), "by default the old one boots");
    world.comes_up(2, Candidate::ComesUp);
    world.run(&["update", "apply"]).succeeds();
    world.must_be_at(&second, 2);
    assert!(world.host().join("released").exists());
    assert!(!world.host().join("nix/var/nix/profiles/system-profiles/candidate").exists());
}

#[test]
fn a_system_that_does_not_come_up_is_left() {
    let Some(world) = World::new("a_system_that_does_not_come_up_is_left") else { return };
    let first = world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    world.publish(2, Quality::NewKernel);
    world.may_reboot();
    let mut updater = world.start_apply();
    world.goes_down(&mut updater);
    world.comes_up(2, Candidate::Panics);
    world.run(&["update", "apply"]);
    world.must_be_at(&first, 1);
    let status = world.status();
    let ended = &status["lastAttempt"]["ended"]["failure"];
    assert_eq!(ended, "did-not-boot", "{status:#}");
}
