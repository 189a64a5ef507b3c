//! A release that cannot be switched to live is booted once, and becomes the default when it has proven itself.

use std::{fs, process::Child, time::Duration};

use clawlets_tests::eventually_within;

use crate::{store::Quality, world::World};

/// The boot loader's and the machine's programs, which only note what they were told.
fn config(world: &World) -> String {
    let host = world.host();
    let host = host.display();
    format!(
        "[boot]\nloader = 'systemd-boot'\nbootctl = ['sh', '-c', 'echo \"$@\" >> {host}/bootctl.log', 'bootctl']\n\
         [reboot]\nallowed = true\ncommand = ['touch', '{host}/reboot']\n\
         take_lock = ['sh', '-c', 'test ! -e {host}/locked']\nrelease_lock = ['touch', '{host}/released']\n"
    )
}

fn goes_down(world: &World, updater: &mut Child) {
    eventually_within(Duration::from_secs(60), "the host reboots", || {
        world.host().join("reboot").exists().then_some(())
    });
    updater.kill().unwrap();
    updater.wait().unwrap();
    fs::remove_file(world.host().join("reboot")).unwrap();
}

#[test]
fn a_new_kernel_is_booted_once_and_then_for_good() {
    let Some(world) = World::new("a_new_kernel_is_booted_once_and_then_for_good") else { return };
    let first = world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    let second = world.publish(2, Quality::NewKernel);
    let waits = world.run(&["update", "apply"]);
    assert_eq!(waits.code(), 6, "{}", waits.talk());
    assert!(world.status()["message"].as_str().unwrap().contains("needs a reboot (kernel)"));

    world.write_config(&config(&world));
    fs::write(world.host().join("locked"), "").unwrap();
    assert_eq!(world.run(&["update", "apply"]).code(), 4, "another host reboots");
    fs::remove_file(world.host().join("locked")).unwrap();

    let mut updater = world.start_apply();
    goes_down(&world, &mut updater);
    assert!(world.text("bootctl.log").contains("set-oneshot nixos-candidate-generation-1.conf"));
    assert_eq!(world.text("boot-default").trim(), first.as_str(), "by default the old one boots");
    world.reboots_into(second.as_str(), 2);
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
    world.write_config(&config(&world));
    let mut updater = world.start_apply();
    goes_down(&world, &mut updater);
    // The kernel panicked, and the machine booted its default entry.
    world.reboots_into(first.as_str(), 2);
    world.run(&["update", "apply"]);
    world.must_be_at(&first, 1);
    let status = world.status();
    let ended = &status["lastAttempt"]["ended"]["failure"];
    assert_eq!(ended, "did-not-boot", "{status:#}");
}
