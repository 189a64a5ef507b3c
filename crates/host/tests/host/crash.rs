//! The real program, killed at every point where it has written something down.

use std::{fs, time::Duration};

use clawlets_tests::eventually_within;
use serde_json::Value;

use crate::{store::Quality, world::World};

fn sequence(world: &World) -> u64 {
    let bytes = fs::read(world.host().join("state/state.json")).unwrap_or_default();
    serde_json::from_slice::<Value>(&bytes).map_or(0, |state| state["sequence"].as_u64().unwrap())
}

/// Kills an updater as soon as it has saved its state `saves` times. Whether it lived that long.
fn is_killed_after(world: &World, saves: u64) -> bool {
    let begun = sequence(world);
    let mut updater = world.start_apply();
    let is_killed = eventually_within(Duration::from_secs(60), "the updater saves or ends", || {
        if updater.try_wait().unwrap().is_some() {
            return Some(false);
        }
        (sequence(world) >= begun + saves).then_some(true)
    });
    if is_killed {
        updater.kill().unwrap();
        updater.wait().unwrap();
    }
    is_killed
}

#[test]
fn an_updater_that_is_killed_anywhere_is_finished_by_the_next_one() {
    let test = "an_updater_that_is_killed_anywhere_is_finished_by_the_next_one";
    let Some(world) = World::new(test) else { return };
    let mut good = world.publish(1, Quality::Good);
    world.run(&["update", "apply"]).succeeds();
    let mut good_number = 1;
    let mut kills = 0;
    for (at, saves) in (1..=7).enumerate() {
        let number = 2 + at as u64;
        let quality = if saves % 2 == 0 { Quality::Sick } else { Quality::Good };
        let system = world.publish(number, quality);
        kills += u64::from(is_killed_after(&world, saves));
        let running = world.running();
        assert!(running == good.as_str() || running == system.as_str(), "{running} after {saves} saves");
        let after = world.run(&["update", "apply"]);
        let status = world.status();
        if quality == Quality::Good {
            // One that was killed while it was on trial may have been left, to be tried again later.
            if status["result"] == "rolled-back" || status["result"] == "backing-off" {
                world.must_be_at(&good, good_number);
                world.waits_are_over();
                world.run(&["update", "apply"]).succeeds();
            }
            world.must_be_at(&system, number);
            (good, good_number) = (system, number);
        } else {
            world.must_be_at(&good, good_number);
            assert!(
                ["rolled-back", "backing-off", "denied"].contains(&status["result"].as_str().unwrap()),
                "{status} {}",
                after.talk()
            );
        }
        assert!(world.run(&["update", "verify-state"]).ok(), "after {saves} saves: {status:#}");
        assert_eq!(status["seen"]["releaseId"], number, "what was seen stays seen");
    }
    assert!(kills >= 5, "only {kills} updaters were killed at work");
}
