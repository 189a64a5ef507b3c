//! Releases that are believed, and cannot be prepared: nothing on the host changes, and the status says why.

use clawlets_model::{Channel, ExitCode, HostName};
use clawlets_release::{
    update::{
        Answer, BootId, Effect, Event, Moment, Offer, Outcome, Phase, PointerFound, Reboots, Settings, State,
        Trouble, World, step,
    },
    value::{Period, StorePath},
};

use crate::publisher::{NOW, Publisher, order, time};

fn settings() -> Settings {
    Settings {
        host: HostName::parse("web-1").unwrap(),
        channel: Channel::parse("prod").unwrap(),
        probation: Period::parse("2m").unwrap(),
        reboots: Reboots::Never,
    }
}

/// A host that was offered release 1/7, and what it asks for first.
fn offered() -> (State, Vec<Effect>) {
    let publisher = Publisher::new();
    let site = publisher.site(order(1, 7));
    let candidate = publisher.judge(&site, None, NOW).unwrap();
    let running = StorePath::parse("/nix/store/00000000000000000000000000000000-installed").unwrap();
    let found = PointerFound {
        order: candidate.order(),
        manifest_sha256: Some(candidate.manifest_sha256()),
        issued_at: candidate.pointer_issued_at(),
    };
    let events = [
        Event::Started(World { running: running.clone() }),
        Event::Poll,
        Event::Answer(Answer::Pointer(found)),
        Event::Answer(Answer::Offer(Box::new(Offer::of(&candidate, None, &settings())))),
    ];
    let mut state = State::new(running);
    let mut effects = Vec::new();
    for event in events {
        let next = step(&state, event, &now(), &settings()).unwrap();
        (state, effects) = (next.state, next.effects);
    }
    (state, effects)
}

fn now() -> Moment {
    Moment { boot: BootId::new(1), uptime: 100, wall: time(NOW) }
}

/// What becomes of a host on which the closure cannot be had.
fn refused(trouble: Trouble) -> (ExitCode, String) {
    let (state, effects) = offered();
    assert!(matches!(effects[..], [Effect::Realise(_)]));
    let next = step(&state, Event::Answer(Answer::Realised(Err(trouble))), &now(), &settings()).unwrap();
    assert_eq!(next.effects, [], "nothing is done");
    assert_eq!((&next.state.phase, &next.state.good), (&Phase::Idle, &state.good));
    assert!(next.state.history.attempts().is_empty(), "nothing was tried");
    assert!(matches!(next.state.outcome, Outcome::Trouble { .. }));
    (next.state.outcome.exit(), next.state.outcome.to_string())
}

#[test]
fn a_path_that_is_in_no_cache_changes_nothing() {
    let (exit, message) = refused(Trouble::NotCached);
    assert_eq!(exit, ExitCode::Unreachable);
    assert_eq!(
        message,
        "release 1/7 cannot be prepared: a part of the system is in none of the host's caches"
    );
}

#[test]
fn a_cache_that_serves_other_bytes_changes_nothing() {
    assert_eq!(refused(Trouble::Untrusted).0, ExitCode::Refused);
}

#[test]
fn a_system_without_a_switch_script_changes_nothing() {
    assert_eq!(refused(Trouble::Unsuitable).0, ExitCode::Refused);
}

#[test]
fn the_floor_rises_with_a_release_that_could_not_be_applied_and_outlives_a_restart() {
    let (state, _) = offered();
    let next =
        step(&state, Event::Answer(Answer::Realised(Err(Trouble::DiskFull))), &now(), &settings()).unwrap();
    let read = State::parse(&next.state.to_bytes()).unwrap();
    assert_eq!(read, next.state);
    assert_eq!(read.seen.unwrap().order, order(1, 7));
    let lost = State::new(state.good.toplevel).with_floor(next.state.seen);
    assert_eq!(lost.seen.unwrap().order, order(1, 7));
}
