//! The updater, story by story. What happens when stories are cut short is in the crash matrix.

use clawlets_model::{Channel, ExitCode, HostName};
use clawlets_release::{
    document::Reach,
    trust::Seen,
    update::{
        Answer, BootId, Command, Effect, Event, Inhibitors, Moment, NothingFetched, Offer, Opening, Outcome,
        Phase, PointerFound, RebootLock, Reboots, Settings, State, Status, Target, Trouble, Verdict, Way,
        World, step,
    },
    value::{Period, Sha256Digest, StorePath},
};
use jiff::{SignedDuration, Timestamp};

use crate::publisher::{order, time};

/// A host whose updater is told one event after the other.
struct Updater {
    state: State,
    effects: Vec<Effect>,
    now: Moment,
    settings: Settings,
    opens: Opening,
    is_halted: bool,
}

fn system(number: u64) -> StorePath {
    StorePath::parse(&format!("/nix/store/{number:032}-system")).unwrap()
}

fn target(number: u64) -> Target {
    Target {
        order: order(1, number),
        manifest_sha256: Sha256Digest::of(&number.to_le_bytes()),
        toplevel: system(number),
        secrets: Sha256Digest::of(b"secrets"),
        probation: 120,
    }
}

fn failed(reach: Reach) -> Event {
    Event::Answer(Answer::Health(Verdict::Failed { reach, what: "unit a.service".to_owned() }))
}

impl Updater {
    fn new() -> Self {
        let settings = Settings {
            host: HostName::parse("web-1").unwrap(),
            channel: Channel::parse("prod").unwrap(),
            probation: Period::parse("2m").unwrap(),
            reboots: Reboots::Allowed,
        };
        let now = Moment { boot: BootId::new(1), uptime: 1_000, wall: time("2026-11-21T08:00:00Z") };
        let (opens, is_halted) = (Opening::Now, false);
        Self { state: State::new(system(0)), effects: vec![], now, settings, opens, is_halted }
    }

    fn hears(&mut self, event: Event) -> &[Effect] {
        let next = step(&self.state, event, &self.now, &self.settings).unwrap();
        (self.state, self.effects) = (next.state, next.effects);
        &self.effects
    }

    fn passes(&mut self, seconds: u64) {
        self.now.uptime += seconds;
        self.now.wall += SignedDuration::from_secs(i64::try_from(seconds).unwrap());
    }

    /// Polls, and is offered a release.
    fn is_offered(&mut self, number: u64) -> &Outcome {
        let target = target(number);
        assert!(self.hears(Event::Poll).contains(&Effect::Fetch));
        let (order, manifest_sha256) = (target.order, Some(target.manifest_sha256));
        let found = PointerFound { order, manifest_sha256, issued_at: None };
        if !self.hears(Event::Answer(Answer::Pointer(found))).is_empty() {
            let seen = Seen { order, manifest_sha256: target.manifest_sha256, issued_at: None };
            let seen = Seen::join(self.state.seen, Some(seen)).unwrap().unwrap();
            let offer = Offer { target, seen, opens: self.opens, is_halted: self.is_halted };
            self.hears(Event::Answer(Answer::Offer(Box::new(offer))));
        }
        &self.state.outcome
    }

    /// From an offer to the question how to switch.
    fn prepares(&mut self, number: u64) {
        assert_eq!(*self.is_offered(number), Outcome::UnderWay(order(1, number)));
        self.hears(Event::Answer(Answer::Realised(Ok(()))));
        assert_eq!(
            self.hears(Event::Answer(Answer::Staged(Ok(())))),
            [Effect::ReadInhibitors(target(number))]
        );
    }

    /// From an offer to a probation.
    fn tries(&mut self, number: u64) {
        self.prepares(number);
        assert_eq!(
            self.hears(Event::Answer(Answer::Inhibitors(Inhibitors::None))),
            [Effect::Switch(target(number))]
        );
        self.hears(Event::Answer(Answer::Switched(Ok(()))));
        assert_eq!(self.effects, [Effect::Watch(target(number))]);
    }

    fn fails(&mut self, number: u64, reach: Reach) {
        self.tries(number);
        let effects = self.hears(failed(reach)).to_vec();
        let good = self.state.good.clone();
        assert_eq!(effects, [Effect::GoBack { good, way: Way::Live }]);
        self.hears(Event::Answer(Answer::WentBack(Ok(()))));
        self.passes(7 * 3_600);
    }

    fn is_applied(&mut self, number: u64) {
        self.tries(number);
        self.passes(120);
        self.hears(Event::Answer(Answer::Health(Verdict::Healthy { wanting: vec![] })));
        assert_eq!(self.effects, [Effect::Commit(target(number))]);
        self.hears(Event::Answer(Answer::Committed(Ok(()))));
        assert_eq!(self.state.outcome, Outcome::Applied(order(1, number)));
    }
}

#[test]
fn a_healthy_release_becomes_the_last_good_one() {
    let mut updater = Updater::new();
    updater.is_applied(1);
    assert_eq!(updater.state.good.toplevel, system(1));
    assert_eq!(updater.state.history.attempts().len(), 1);
    assert_eq!(*updater.is_offered(1), Outcome::UpToDate(order(1, 1)));
    let status = Status::of(&updater.state, system(1));
    assert_eq!((status.result, status.why, status.current_release), ("up-to-date", None, Some(order(1, 1))));
}

#[test]
fn a_verdict_that_comes_too_early_is_not_believed() {
    let mut updater = Updater::new();
    updater.tries(1);
    updater.passes(119);
    let healthy = Event::Answer(Answer::Health(Verdict::Healthy { wanting: vec![] }));
    assert_eq!(updater.hears(healthy), [Effect::Watch(target(1))]);
}

#[test]
fn a_release_that_fails_twice_is_denied_and_a_higher_one_is_taken() {
    let mut updater = Updater::new();
    updater.is_applied(1);
    updater.fails(2, Reach::Local);
    assert_eq!(updater.state.outcome.exit(), ExitCode::Failed);
    assert!(matches!(updater.state.phase, Phase::RolledBack(_)));
    updater.fails(2, Reach::Local);
    assert_eq!(updater.state.outcome, Outcome::Denied(order(1, 2)));
    assert_eq!(*updater.is_offered(2), Outcome::Denied(order(1, 2)));
    let status = Status::of(&updater.state, system(1));
    assert_eq!(status.why.as_deref(), Some("release 1/2 failed here 2 times"));
    assert_eq!((status.desired, status.current_release), (Some(order(1, 2)), Some(order(1, 1))));
    updater.is_applied(3);
}

#[test]
fn what_the_network_does_is_never_held_against_a_release() {
    let mut updater = Updater::new();
    for _ in 0..6 {
        updater.fails(1, Reach::Network);
        assert!(matches!(updater.state.outcome, Outcome::RolledBack { .. }));
    }
    updater.is_applied(1);
}

#[test]
fn between_two_attempts_a_host_waits() {
    let mut updater = Updater::new();
    updater.tries(1);
    updater.hears(failed(Reach::Local));
    updater.hears(Event::Answer(Answer::WentBack(Ok(()))));
    let outcome = updater.is_offered(1).clone();
    assert!(
        matches!(&outcome, Outcome::BackingOff { until, .. } if until.to_string() == "2026-11-21T08:10:00Z")
    );
    updater.passes(599);
    assert!(matches!(updater.is_offered(1), Outcome::BackingOff { .. }));
    updater.passes(1);
    assert_eq!(*updater.is_offered(1), Outcome::UnderWay(order(1, 1)));
}

#[test]
fn a_wait_that_a_wrong_clock_wrote_does_not_last() {
    let mut updater = Updater::new();
    let right = updater.now.wall;
    updater.now.wall = right + SignedDuration::from_hours(10 * 365 * 24);
    updater.tries(1);
    updater.hears(failed(Reach::Local));
    updater.hears(Event::Answer(Answer::WentBack(Ok(()))));
    updater.now.wall = right;
    assert_eq!(*updater.is_offered(1), Outcome::UnderWay(order(1, 1)));
}

#[test]
fn a_halted_release_is_not_begun_with_and_one_that_runs_is_finished() {
    let mut updater = Updater::new();
    updater.is_halted = true;
    assert_eq!(*updater.is_offered(1), Outcome::Halted(order(1, 1)));
    assert_eq!(updater.state.outcome.exit(), ExitCode::Refused);
    updater.is_halted = false;
    updater.is_applied(1);
}

#[test]
fn a_host_waits_for_its_turn() {
    let mut updater = Updater::new();
    let turn: Timestamp = updater.now.wall + SignedDuration::from_secs(60);
    updater.opens = Opening::At(turn);
    assert!(matches!(updater.is_offered(1), Outcome::Waiting { until: Some(_), .. }));
    updater.passes(60);
    assert_eq!(*updater.is_offered(1), Outcome::UnderWay(order(1, 1)));
    let mut updater = Updater::new();
    updater.opens = Opening::Never;
    assert!(matches!(updater.is_offered(1), Outcome::Waiting { until: None, .. }));
}

#[test]
fn pause_pin_and_skip_keep_a_release_from_beginning() {
    let mut updater = Updater::new();
    for (command, message) in [
        (Command::Pause, "updates are paused on this host"),
        (Command::Pin(order(1, 9)), "this host is pinned to release 1/9"),
    ] {
        updater.hears(Event::Command(command));
        assert_eq!(updater.is_offered(1).to_string(), message);
        updater.hears(Event::Command(Command::Resume));
    }
    updater.hears(Event::Command(Command::Skip(order(1, 1))));
    assert_eq!(updater.is_offered(1).to_string(), "release 1/1 is skipped on this host");
    updater.is_applied(2);
}

#[test]
fn a_pause_stops_preparations_and_no_trial() {
    let mut updater = Updater::new();
    updater.prepares(1);
    assert_eq!(updater.hears(Event::Command(Command::Pause)), []);
    assert_eq!(updater.state.phase, Phase::Idle);
    let late = Event::Answer(Answer::Inhibitors(Inhibitors::None));
    assert!(
        step(&updater.state, late, &updater.now, &updater.settings).is_err(),
        "its answer comes too late"
    );
    updater.hears(Event::Command(Command::Resume));
    updater.tries(1);
    updater.hears(Event::Command(Command::Pause));
    assert!(matches!(updater.state.phase, Phase::Probation(_)));
}

#[test]
fn where_a_live_switch_is_not_safe_the_release_is_booted_once_under_the_lock() {
    let mut updater = Updater::new();
    updater.prepares(1);
    let present = Event::Answer(Answer::Inhibitors(Inhibitors::Present(vec!["kernel".to_owned()])));
    assert_eq!(updater.hears(present), [Effect::TakeRebootLock]);
    assert_eq!(updater.hears(Event::Answer(Answer::RebootLock(RebootLock::Held))), []);
    assert_eq!(updater.state.outcome.exit(), ExitCode::Busy);
    assert_eq!(updater.hears(Event::Poll), [Effect::TakeRebootLock]);
    assert_eq!(
        updater.hears(Event::Answer(Answer::RebootLock(RebootLock::Granted))),
        [Effect::BootOnce(target(1))]
    );
    updater.now.boot = BootId::new(2);
    updater.now.uptime = 40;
    assert_eq!(updater.hears(Event::Started(World { running: system(1) })), [Effect::Watch(target(1))]);
    assert_eq!(updater.state.phase.name(), "boot_probation");
    updater.passes(120);
    updater.hears(Event::Answer(Answer::Health(Verdict::Healthy { wanting: vec![] })));
    updater.hears(Event::Answer(Answer::Committed(Ok(()))));
    assert_eq!(updater.effects, [Effect::ReleaseRebootLock, Effect::Prune]);
}

#[test]
fn a_host_that_may_not_reboot_says_what_it_waits_for() {
    let mut updater = Updater::new();
    updater.settings.reboots = Reboots::Never;
    updater.prepares(1);
    updater.hears(Event::Answer(Answer::Inhibitors(Inhibitors::Present(vec!["kernel".to_owned()]))));
    assert_eq!(
        updater.state.outcome.to_string(),
        "release 1/1 needs a reboot (kernel), and this host may not"
    );
    assert_eq!(updater.state.outcome.exit(), ExitCode::Refused);
}

#[test]
fn what_cannot_be_switched_back_to_is_booted() {
    let mut updater = Updater::new();
    updater.tries(1);
    updater.hears(failed(Reach::Local));
    let good = updater.state.good.clone();
    let effects = updater.hears(Event::Answer(Answer::WentBack(Err(Trouble::Other))));
    assert_eq!(effects, [Effect::GoBack { good, way: Way::Boot }]);
}

#[test]
fn a_poll_that_finds_nothing_new_changes_nothing_on_disk() {
    use clawlets_release::update::Save;
    let mut updater = Updater::new();
    updater.is_applied(1);
    updater.is_offered(1);
    let before = updater.state.clone();
    updater.passes(60);
    for event in [
        Event::Poll,
        Event::Answer(Answer::Pointer(PointerFound {
            order: order(1, 1),
            manifest_sha256: Some(target(1).manifest_sha256),
            issued_at: None,
        })),
    ] {
        let next = step(&updater.state, event, &updater.now, &updater.settings).unwrap();
        assert_eq!((next.save, &next.state), (Save::Nothing, &before));
    }
}

#[test]
fn a_refusal_and_silence_are_told_apart() {
    let mut updater = Updater::new();
    let refused =
        NothingFetched::Refused { code: "expired".to_owned(), message: "the pointer expired".to_owned() };
    for (reason, exit) in [(refused, ExitCode::Refused), (NothingFetched::Unreachable, ExitCode::Unreachable)]
    {
        updater.hears(Event::Answer(Answer::Nothing(reason)));
        assert_eq!(updater.state.outcome.exit(), exit);
    }
    let status = serde_json::to_value(Status::of(&updater.state, system(0))).unwrap();
    assert_eq!(status["result"], "unreachable");
    assert_eq!(status["why"], "no mirror answers as it should");
}

#[test]
fn the_state_reads_back_in_every_phase() {
    let mut updater = Updater::new();
    let mut seen = Vec::new();
    let mut check = |updater: &Updater| {
        assert_eq!(State::parse(&updater.state.to_bytes()).as_ref(), Ok(&updater.state));
        seen.push(updater.state.phase.name());
    };
    check(&updater);
    updater.prepares(1);
    check(&updater);
    updater.hears(Event::Answer(Answer::Inhibitors(Inhibitors::None)));
    check(&updater);
    updater.hears(Event::Answer(Answer::Switched(Ok(()))));
    check(&updater);
    updater.hears(Event::Terminated);
    check(&updater);
    updater.hears(failed(Reach::Local));
    check(&updater);
    updater.hears(Event::Answer(Answer::WentBack(Ok(()))));
    check(&updater);
    let phases =
        ["idle", "secrets_staged", "testing", "probation", "probation", "rolling_back", "rolled_back"];
    assert_eq!(seen, phases);
}
