//! A deploy that is cut off anywhere goes on where it was: each host that is meant is replaced once, no other ever.

use std::collections::BTreeSet;

use clawlets_model::HostName;
use clawlets_rollout::{
    Target,
    deploy::{Event, Extent, Machine, Outcome, Record, Stage},
    image::{Choice, Why},
};
use proptest::prelude::*;

use crate::{
    host, image, request,
    world::{Fuse, World},
};

const HOSTS: [&str; 4] = ["web-1", "web-2", "web-3", "web-4"];

/// A fleet whose first hosts stand, each with an image of its own.
fn world(standing: usize) -> World {
    let mut world = World::default();
    for (at, name) in HOSTS.iter().take(standing).enumerate() {
        world.put(&host(name), u32::try_from(at).unwrap() + 1);
    }
    world
}

fn record(targets: &[&str]) -> Record {
    let choice = Choice { image: image(7), why: Why::Newest };
    let hosts = targets.iter().map(|name| (host(name), choice.clone())).collect();
    Record::new(request("r-1"), Target::All, hosts)
}

/// Runs until a run ends by itself, with crashes after so many points each.
fn run(world: &mut World, targets: &[&str], crashes: &[usize], keeps_record: bool) -> Outcome {
    let mut fuses = crashes.iter();
    loop {
        if !keeps_record {
            world.record = None;
        }
        let begun = world.record.clone().unwrap_or_else(|| record(targets));
        let mut fuse = fuses.next().map_or_else(Fuse::none, |points| Fuse::after(*points));
        if let Ok((outcome, _)) = world.run(Machine::new(begun, Extent::Whole), &mut fuse) {
            return outcome;
        }
    }
}

/// What must hold whatever happened.
fn check(world: &World, before: &World, targets: &[&str], outcome: &Outcome) {
    let meant: BTreeSet<HostName> = targets.iter().map(|name| host(name)).collect();
    for (name, standing) in before.state.iter().filter(|(name, _)| !meant.contains(*name)) {
        assert_eq!(world.state.get(name), Some(standing), "{name} was not meant");
        assert!(world.living.contains_key(&standing.instance), "{name} was not meant");
    }
    assert!(world.made.iter().all(|(name, _)| meant.contains(name)));
    match outcome {
        Outcome::Done => {
            for name in &meant {
                let made = world.made.iter().filter(|(made, _)| made == name).count();
                assert_eq!(made, 1, "{name} was replaced {made} times");
                assert_eq!(world.state[name].image, Some(image(7)));
                let living = world.living.values().filter(|(living, _)| living == name).count();
                assert_eq!(living, 1, "{name} has {living} instances");
            }
        }
        // An instance that was made while the state could not be written: nobody but a person can tell what it is.
        Outcome::Stopped { host, why } => {
            assert!(why.contains("bears its name"), "{why}");
            let living = world.living.values().filter(|(living, _)| living == host).count();
            assert_eq!(living, 1, "no second instance is put beside it");
        }
        other @ (Outcome::Planned | Outcome::Blind(_) | Outcome::Interrupted) => panic!("{other:?}"),
    }
}

#[test]
fn a_crash_at_any_point_replaces_nothing_twice_and_nothing_else() {
    let targets = ["web-1", "web-2", "web-4"];
    let before = world(3);
    let mut ended_by_hand = 0;
    for keeps_record in [true, false] {
        for first in 0..60 {
            for second in [None, Some(0), Some(3), Some(7), Some(11)] {
                let crashes: Vec<usize> = [Some(first), second].into_iter().flatten().collect();
                let mut world = before.clone();
                let outcome = run(&mut world, &targets, &crashes, keeps_record);
                check(&world, &before, &targets, &outcome);
                ended_by_hand += usize::from(outcome != Outcome::Done);
            }
        }
    }
    assert!(ended_by_hand > 0, "the crash between making and writing the state is among them");
}

proptest! {
    #[test]
    fn many_crashes_change_nothing_about_that(
        standing in 0..=4usize,
        mask in 1..16u8,
        crashes in prop::collection::vec(0..25usize, 0..12),
        keeps_record in any::<bool>(),
    ) {
        let targets: Vec<&str> = (0..4).filter(|at| mask & (1 << at) != 0).map(|at| HOSTS[at]).collect();
        let before = world(standing);
        let mut world = before.clone();
        let outcome = run(&mut world, &targets, &crashes, keeps_record);
        check(&world, &before, &targets, &outcome);
    }
}

#[test]
fn an_unchanged_image_replaces_all_the_same() {
    let mut world = World::default();
    let old = world.put(&host("web-1"), 7);
    assert_eq!(run(&mut world, &["web-1"], &[], true), Outcome::Done);
    assert_ne!(world.state[&host("web-1")].instance, old);
}

#[test]
fn a_request_that_is_done_is_done() {
    let mut world = world(2);
    assert_eq!(run(&mut world, &["web-1", "web-2"], &[], true), Outcome::Done);
    let made = world.made.clone();
    for keeps_record in [true, false] {
        assert_eq!(run(&mut world, &["web-1", "web-2"], &[], keeps_record), Outcome::Done);
        assert_eq!(world.made, made);
    }
}

#[test]
fn the_first_failure_leaves_the_others_alone_and_the_next_run_tries_that_host_again() {
    let mut world = world(3);
    let before = world.clone();
    world.sick.insert(host("web-2"));
    let targets = ["web-1", "web-2", "web-3"];
    let outcome = run(&mut world, &targets, &[], true);
    assert!(
        matches!(&outcome, Outcome::Stopped { host: failed, .. } if *failed == host("web-2")),
        "{outcome:?}"
    );
    assert_eq!(world.state[&host("web-3")], before.state[&host("web-3")]);
    let stages: Vec<_> = world.record.as_ref().unwrap().hosts.iter().map(|host| &host.stage).collect();
    assert!(matches!(stages[..], [Stage::Healthy(_), Stage::Failed(_), Stage::Waiting]), "{stages:?}");
    world.sick.clear();
    assert_eq!(run(&mut world, &targets, &[], true), Outcome::Done);
    assert_eq!(world.made.len(), 3, "the instance that came to its senses is kept");
}

#[test]
fn one_host_is_down_at_a_time() {
    let mut world = world(3);
    world.sick.insert(host("web-1"));
    run(&mut world, &["web-1", "web-2", "web-3"], &[], true);
    assert_eq!(world.made.len(), 1);
}

#[test]
fn a_look_changes_nothing() {
    let before = world(2);
    let mut world = before.clone();
    let machine = Machine::new(record(&["web-1", "web-3"]), Extent::PlanOnly);
    let (outcome, machine) = world.run(machine, &mut Fuse::none()).unwrap();
    assert_eq!(outcome, Outcome::Planned);
    assert!(machine.verdicts().iter().all(Option::is_some));
    assert_eq!((world.state, world.living), (before.state, before.living));
}

#[test]
fn events_that_answer_nothing_change_nothing() {
    let mut machine = Machine::new(record(&["web-1"]), Extent::Whole);
    let before = machine.clone();
    for event in [Event::Applied, Event::Healthy] {
        assert!(machine.on(event).is_err());
        assert_eq!(machine, before);
    }
    machine.on(Event::Failed("no network".into())).unwrap();
    assert!(machine.on(Event::Interrupted).is_err());
}
