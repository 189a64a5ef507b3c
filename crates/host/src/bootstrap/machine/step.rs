//! What follows from what.

use clawlets_instance_bundle::BundleName;

use super::{Failure, FailureKind, Identity, Phase, State};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The program was started, in this boot of the kernel.
    Started {
        /// The boot.
        boot: String,
    },
    /// It is known who this instance is.
    Known(Identity),
    /// The newest bundle lies on the disk; that it is whole and believed is not known yet.
    Fetched(BundleName),
    /// What the phase is about is done.
    Done(Phase),
    /// It could not be done.
    Failed {
        /// What.
        phase: Phase,
        /// Whether to try again makes sense.
        kind: FailureKind,
        /// What was wrong.
        message: String,
    },
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Carry out this phase.
    CarryOut(Phase),
    /// Nothing, until something happens.
    Stop,
}

/// What follows from an event. One that does not belong to the phase changes nothing.
#[must_use]
pub fn step(state: State, event: Event) -> (State, Effect) {
    let phase = state.phase;
    let next = match event {
        Event::Started { boot } => started(state, boot),
        Event::Known(identity) if phase == Phase::Metadata => known(state, identity),
        Event::Fetched(name) if phase == Phase::Bundle => {
            State { candidate: Some(name), phase: Phase::Verified, ..state }
        }
        Event::Done(done) if done == phase => ended(state),
        Event::Failed { phase: failed, kind, message } if failed == phase && phase != Phase::Ready => {
            return failed_at(state, Failure { phase, kind, message });
        }
        Event::Known(_) | Event::Fetched(_) | Event::Done(_) | Event::Failed { .. } => state,
    };
    let effect = match next.phase {
        Phase::Ready => Effect::Stop,
        phase @ (Phase::Metadata
        | Phase::Bundle
        | Phase::Verified
        | Phase::Secrets
        | Phase::Repos
        | Phase::Memory
        | Phase::Token
        | Phase::Gateway) => Effect::CarryOut(phase),
    };
    (next, effect)
}

/// A pass that was cut off goes on; after one that ended, or failed, a new one begins.
fn started(state: State, boot: String) -> State {
    let is_new_boot = state.boot != boot;
    let is_over = state.phase == Phase::Ready || (state.failure.is_some() && !state.is_fallback);
    if !is_new_boot && !is_over {
        return state;
    }
    let is_settled = state.is_settled && !is_new_boot;
    State { boot, phase: Phase::Metadata, candidate: None, is_fallback: false, is_settled, ..state }
}

/// What was brought in for another instance does not count: a disk may have been copied.
fn known(state: State, identity: Identity) -> State {
    let is_same = state.identity.as_ref().is_none_or(|known| known.instance == identity.instance);
    let (applied, seen) = if is_same { (state.applied, state.seen) } else { (None, None) };
    State { identity: Some(identity), applied, seen, phase: Phase::Bundle, ..state }
}

fn ended(state: State) -> State {
    match state.phase {
        Phase::Metadata | Phase::Bundle | Phase::Ready => state,
        Phase::Verified => {
            let seen = if state.is_fallback { state.seen } else { state.candidate };
            State { seen, phase: Phase::Secrets, ..state }
        }
        // On a host that runs, the same bundle again asks for nothing but a look at its secrets.
        Phase::Secrets if state.is_settled && state.candidate == state.applied => ready(state),
        Phase::Gateway => ready(state),
        phase @ (Phase::Secrets | Phase::Repos | Phase::Memory | Phase::Token) => {
            State { phase: phase.next(), ..state }
        }
    }
}

fn ready(state: State) -> State {
    let failure = state.failure.filter(|_| state.is_fallback);
    State { phase: Phase::Ready, applied: state.candidate, failure, is_settled: true, ..state }
}

/// A host that boots goes on with the bundle that it had. All else stops until the next pass.
fn failed_at(state: State, failure: Failure) -> (State, Effect) {
    let is_about_bundle = failure.phase <= Phase::Verified;
    let is_booting = !state.is_fallback && !state.is_settled && state.identity.is_some();
    match state.applied {
        // One that turned out to be damaged is no way out.
        Some(applied) if is_about_bundle && is_booting && state.candidate != Some(applied) => {
            let candidate = Some(applied);
            let next = State {
                candidate,
                phase: Phase::Verified,
                failure: Some(failure),
                is_fallback: true,
                ..state
            };
            (next, Effect::CarryOut(Phase::Verified))
        }
        Some(_) | None => (State { failure: Some(failure), is_fallback: false, ..state }, Effect::Stop),
    }
}

#[cfg(test)]
mod tests {
    use clawlets_instance_bundle::BundleVersion;
    use clawlets_model::HostName;
    use clawlets_release::value::Sha256Digest;
    use proptest::prelude::*;

    use super::*;

    fn bundle(number: u64) -> BundleName {
        let version = BundleVersion::new(number).unwrap();
        BundleName { version, manifest_sha256: Sha256Digest::of(&number.to_le_bytes()) }
    }

    fn identity(instance: &str) -> Identity {
        let prefix = format!("bootstrap/{instance}");
        Identity { instance: HostName::parse(instance).unwrap(), bucket: "fleet".to_owned(), prefix }
    }

    fn start(state: State, boot: &str) -> State {
        step(state, Event::Started { boot: boot.to_owned() }).0
    }

    fn fail(state: State, kind: FailureKind) -> (State, Effect) {
        let phase = state.phase;
        step(state, Event::Failed { phase, kind, message: "broken".to_owned() })
    }

    /// Carries out what is to be done, with this bundle as the newest, until it stops. The phases on the way.
    fn finish(mut state: State, newest: u64) -> (State, Vec<Phase>) {
        let mut way = Vec::new();
        while state.phase != Phase::Ready {
            way.push(state.phase);
            let event = match state.phase {
                Phase::Metadata => Event::Known(identity("web-1")),
                Phase::Bundle => Event::Fetched(bundle(newest)),
                phase @ (Phase::Verified
                | Phase::Secrets
                | Phase::Repos
                | Phase::Memory
                | Phase::Token
                | Phase::Gateway
                | Phase::Ready) => Event::Done(phase),
            };
            state = step(state, event).0;
        }
        (state, way)
    }

    #[test]
    fn a_boot_goes_through_every_phase_in_order() {
        let (state, way) = finish(start(State::default(), "one"), 3);
        assert_eq!(way, Phase::ALL[..8]);
        assert_eq!((state.applied, state.seen), (Some(bundle(3)), Some(bundle(3))));
    }

    #[test]
    fn a_running_host_looks_again_and_brings_in_only_what_is_new() {
        let (state, _) = finish(start(State::default(), "one"), 3);
        let (state, way) = finish(start(state, "one"), 3);
        assert_eq!(way, Phase::ALL[..4]);
        let (state, way) = finish(start(state, "one"), 4);
        assert_eq!(way, Phase::ALL[..8]);
        assert_eq!(state.applied, Some(bundle(4)));
        // What lay in memory is gone with the kernel.
        let (_, way) = finish(start(state, "two"), 4);
        assert_eq!(way, Phase::ALL[..8]);
    }

    #[test]
    fn a_host_that_boots_goes_on_with_the_bundle_that_it_had() {
        let (state, _) = finish(start(State::default(), "one"), 3);
        for phases in 0..=2 {
            let mut state = start(state.clone(), "two");
            for event in [Event::Known(identity("web-1")), Event::Fetched(bundle(4))].into_iter().take(phases)
            {
                state = step(state, event).0;
            }
            let (state, effect) = fail(state, FailureKind::Refused);
            assert_eq!(effect, Effect::CarryOut(Phase::Verified));
            let (state, _) = finish(state, 4);
            assert_eq!((state.applied, state.seen), (Some(bundle(3)), Some(bundle(3))));
            assert_eq!(state.failure.map(|failure| failure.kind), Some(FailureKind::Refused));
        }
    }

    #[test]
    fn a_host_that_runs_keeps_what_it_has_and_one_without_a_bundle_stops() {
        let (state, _) = finish(start(State::default(), "one"), 3);
        let (state, effect) = fail(start(state, "one"), FailureKind::Later);
        assert_eq!((effect, state.applied), (Effect::Stop, Some(bundle(3))));
        let (state, effect) = fail(start(State::default(), "one"), FailureKind::Later);
        assert_eq!((effect, state.phase), (Effect::Stop, Phase::Metadata));
        // The next pass begins anew, and forgets the failure once it is through.
        let (state, way) = finish(start(state, "one"), 3);
        assert_eq!((way.len(), state.failure), (8, None));
    }

    #[test]
    fn a_bundle_that_is_damaged_on_the_disk_too_stops_a_boot() {
        let (state, _) = finish(start(State::default(), "one"), 3);
        let (state, effect) = fail(start(state, "two"), FailureKind::Later);
        assert_eq!(effect, Effect::CarryOut(Phase::Verified));
        let (state, effect) = fail(state, FailureKind::Refused);
        assert_eq!(effect, Effect::Stop);
        assert_eq!(start(state, "two").phase, Phase::Metadata);
    }

    #[test]
    fn a_disk_that_was_copied_from_another_instance_says_nothing() {
        let (state, _) = finish(start(State::default(), "one"), 9);
        let (state, _) = step(start(state, "two"), Event::Known(identity("web-2")));
        assert_eq!((state.applied, state.seen), (None, None));
    }

    fn event() -> impl Strategy<Value = Event> {
        let phase = prop::sample::select(Phase::ALL.to_vec());
        let kind = prop_oneof![Just(FailureKind::Later), Just(FailureKind::Refused)];
        prop_oneof![
            "[ab]".prop_map(|boot| Event::Started { boot }),
            Just(Event::Known(identity("web-1"))),
            (1_u64..6).prop_map(|number| Event::Fetched(bundle(number))),
            phase.clone().prop_map(Event::Done),
            (phase, kind).prop_map(|(phase, kind)| Event::Failed { phase, kind, message: String::new() }),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_only_what_was_verified_counts(events in prop::collection::vec(event(), 0..60)) {
            let mut state = State::default();
            let mut verified = Vec::new();
            for event in events {
                if event == Event::Done(Phase::Verified) && state.phase == Phase::Verified {
                    verified.extend(state.candidate);
                }
                let before = state.clone();
                let (after, effect) = step(state, event.clone());
                prop_assert_eq!(effect == Effect::CarryOut(after.phase) || effect == Effect::Stop, true);
                prop_assert!(after.phase < Phase::Secrets || after.candidate.is_some(), "{event:?}");
                // No phase is passed over, except that a running host with the same bundle is ready at once.
                let is_refresh = before.phase == Phase::Secrets && before.candidate == before.applied;
                let is_fallback = after.is_fallback && !before.is_fallback;
                let is_next = after.phase <= before.phase.next() || is_fallback;
                prop_assert!(is_next || (is_refresh && before.is_settled), "{before:?} {event:?}");
                prop_assert!(after.applied.is_none_or(|applied| verified.contains(&applied)), "{event:?}");
                prop_assert!(after.seen.is_none_or(|seen| verified.contains(&seen)), "{event:?}");
                state = after;
            }
        }
    }
}
