//! What happens to a host while a release is on trial: checks that hang or flap, a clock that jumps, another release.

use clawlets_tests::eventually;
use jiff::{SignedDuration, Timestamp};

use crate::{started::Started, store::Quality, world::World};

/// A host that runs release 1 and is offered release 2, with another check beside those of the release.
fn host(test: &str, check: &str) -> Option<World> {
    let world = World::new(test)?;
    world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    world.write_config(check);
    world.publish(2, Quality::Good);
    Some(world)
}

fn must_be_left(world: &World, check: &str) {
    let good = world.running();
    let left = world.run(&["update", "apply"]);
    assert_eq!(left.code(), 1, "{}", left.talk());
    let why = format!("the required check \"{check}\" failed");
    assert!(left.talk().contains(&why), "{}", left.talk());
    assert_eq!((world.running(), world.text("boot-default").trim()), (good.clone(), &*good));
    assert_eq!(world.secrets_in_use(), ["token_1.yaml"]);
}

#[test]
fn a_check_that_hangs_has_failed_at_its_deadline() {
    let check =
        "[[health.checks]]\nkind = 'command'\nargv = ['sleep', '60']\nneed = 'required'\ndeadline = '1s'\n";
    let Some(world) = host("a_check_that_hangs_has_failed_at_its_deadline", check) else { return };
    must_be_left(&world, "command sleep");
}

#[test]
fn a_check_that_flaps_is_one_that_fails() {
    let Some(world) = host("a_check_that_flaps_is_one_that_fails", "") else { return };
    world.probations_take_their_time();
    let tries = world.host().join("tries");
    // It succeeds at first, and then each second time.
    let script = format!("echo >> {0}; test $(($(wc -l < {0}) % 2)) = 1", tries.display());
    world.write_config(&format!(
        "[health]\nprobation = '1h'\n[[health.checks]]\nkind = 'command'\nargv = ['sh', '-c', {script:?}]\n\
         need = 'required'\ndeadline = '30s'\n"
    ));
    must_be_left(&world, "command sh");
    assert!(world.text("tries").lines().count() >= 2, "it succeeded once");
}

/// Release 2 is on trial, for an hour.
fn on_trial(world: &World) -> Started {
    world.probations_take_their_time();
    world.write_config("[health]\nprobation = '1h'\n");
    let updater = world.start_apply();
    eventually("the release is on trial", || (world.status()["phase"] == "probation").then_some(()));
    updater
}

/// The hour is over.
fn ends_well(world: &World, updater: &mut Started) {
    world.passes(60 * 60);
    let ended = eventually("the updater ends", || updater.try_wait().unwrap());
    assert_eq!(ended.code(), Some(0));
}

#[test]
fn a_clock_that_jumps_an_hour_ends_no_trial_early_or_late() {
    let Some(world) = host("a_clock_that_jumps_an_hour_ends_no_trial_early_or_late", "") else { return };
    world.clock_shows(Timestamp::now());
    let mut updater = on_trial(&world);
    for hours in [1, -1] {
        world.clock_shows(Timestamp::now() + SignedDuration::from_hours(hours));
        assert_eq!(world.status()["phase"], "probation", "{hours} h");
    }
    ends_well(&world, &mut updater);
    assert_eq!(world.status()["currentRelease"]["releaseId"], 2);
    world.clock_shows(Timestamp::now() + SignedDuration::from_hours(1));
    world.run(&["update", "apply"]).succeeds();
    assert_eq!(world.status()["result"], "up-to-date");
}

#[test]
fn a_release_that_comes_while_another_is_on_trial_is_the_next() {
    let test = "a_release_that_comes_while_another_is_on_trial_is_the_next";
    let Some(world) = host(test, "") else { return };
    let mut updater = on_trial(&world);
    let third = world.publish(3, Quality::Good);
    ends_well(&world, &mut updater);
    assert_eq!(world.status()["currentRelease"]["releaseId"], 2);
    world.write_config("");
    world.run(&["update", "apply"]).succeeds();
    world.must_be_at(&third, 3);
}
