//! A switch that does not end, and an updater that is told to.

use std::{fs, os::unix::fs::MetadataExt, process::Child, time::Duration};

use clawlets_tests::eventually_within;
use rustix::process::{Pid, Signal, kill_process};

use crate::{store::Quality, world::World};

fn until_it_switches(world: &World, name: &str) {
    let line = format!("test {name}");
    eventually_within(Duration::from_secs(60), "the switch begins", || {
        world.text("switches.log").lines().any(|found| found == line).then_some(())
    });
}

fn ends_with(updater: &mut Child) -> Option<i32> {
    eventually_within(Duration::from_secs(60), "the updater ends", || updater.try_wait().unwrap()).code()
}

#[test]
fn a_switch_that_hangs_outlives_its_updater_and_is_ended_in_time() {
    let test = "a_switch_that_hangs_outlives_its_updater_and_is_ended_in_time";
    let Some(world) = World::new(test) else { return };
    let first = world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    world.publish(2, Quality::Hangs);
    let mut updater = world.start_apply();
    until_it_switches(&world, "2");
    kill_process(Pid::from_child(&updater), Signal::TERM).unwrap();
    assert_eq!(ends_with(&mut updater), Some(10), "it can be resumed");
    assert_eq!(world.status()["phase"], "testing");
    // Somebody asks while the switch goes on.
    world.run(&["update", "pause"]).succeeds();

    let written = || fs::metadata(world.host().join("state/status.json")).unwrap().ino();
    let before = written();
    let mut updater = world.start_apply();
    eventually_within(Duration::from_secs(60), "the next updater begins", || {
        (written() != before).then_some(())
    });
    assert_eq!(world.run(&["update", "apply"]).code(), 4, "two updaters never run at once");
    world.passes(16 * 60);
    ends_with(&mut updater);
    world.must_be_at(&first, 1);
    let switches = world.text("switches.log");
    assert_eq!(switches.matches("test 2").count(), 1, "it was waited for, and not begun anew: {switches}");
    let status = world.status();
    assert_eq!(status["lastAttempt"]["ended"]["failure"], "timed-out", "{status:#}");
    assert_eq!(
        (&status["result"], &status["hold"]["isPaused"]),
        (&"held".into(), &true.into()),
        "{status:#}"
    );
}

#[test]
fn an_updater_that_stays_applies_what_comes_until_it_is_told_to_end() {
    let test = "an_updater_that_stays_applies_what_comes_until_it_is_told_to_end";
    let Some(world) = World::new(test) else { return };
    world.write_config("[updates]\ninterval = '1s'\n");
    let mut updater = world.start(&["update", "run"]);
    for number in [1, 2] {
        let system = world.publish(number, Quality::Good);
        eventually_within(Duration::from_secs(60), "the release is applied", || {
            let status = world.status();
            (status["result"] == "up-to-date" && status["currentRelease"]["releaseId"] == number)
                .then_some(())
        });
        world.must_be_at(&system, number);
    }
    kill_process(Pid::from_child(&updater), Signal::TERM).unwrap();
    assert_eq!(ends_with(&mut updater), Some(0));
}
