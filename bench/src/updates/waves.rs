//! How many hosts of a fleet run a bad release before it is halted: ten thousand updaters, each the state machine that ships,
//! in virtual time.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

use clawlets_model::{Channel, HostName};
use clawlets_release::{
    document::{Reach, Wave, WaveStep},
    trust::Seen,
    update::{
        Answer, BootId, Effect, Event, Inhibitors, Moment, Offer, Opening, PointerFound, Reboots, Settings,
        State, Target, Verdict, World, step,
    },
    value::{Epoch, Order, Period, ReleaseId, ReleaseName, Sha256Digest, StorePath, UtcTime},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    report::{Figure, Report},
    scale::Scale,
};

/// How often a host looks, in seconds.
const INTERVAL: u64 = 30 * 60;
/// How long after the first host has left the release somebody halts it, in seconds.
const REACTION: u64 = 30 * 60;
/// How long the simulation goes on, in seconds.
const SPAN: u64 = 2 * 86_400;

/// What became of the fleet.
#[derive(Debug, Default)]
struct Fate {
    /// Hosts that ran the release, for however long.
    ran: usize,
    /// Steps of all state machines.
    steps: u64,
}

/// Measures.
pub(crate) fn run(scale: &Scale) -> Report {
    let mut report = Report::new("waves", "A bad release in a fleet, in virtual time");
    let schedule = wave(&[("1h", 1), ("6h", 10), ("1d", 50), ("2d", 100)]);
    let begun = Instant::now();
    let waves = simulate(scale.hosts, Some(&schedule), Some(REACTION));
    let took = begun.elapsed();
    let unhalted = simulate(scale.hosts, Some(&schedule), None);
    let at_once = simulate(scale.hosts, None, Some(REACTION));
    let name = |what: &str| format!("of {} hosts, those that ran it: {what}", scale.hosts);
    report.add(
        Figure::count(name("waves, and halted half an hour after the first has left it"), waves.ran as f64)
            .against("all at once, halted likewise", at_once.ran as f64),
    );
    report.add(Figure::count(name("waves, and nobody halts it for two days"), unhalted.ran as f64));
    report.add(Figure::per_second("steps of the state machine", rate(waves.steps, took)));
    report.note("Waves of 1 % after an hour, 10 % after six, 50 % after a day and all after two. Each host looks every half hour at a moment of its own and holds what it finds against the schedule; a pointer that is signed anew says that the release is halted. Each host that runs it finds out by its own health check and goes back; none needs anybody for that.");
    report
}

fn rate(steps: u64, took: Duration) -> f64 {
    steps as f64 / took.as_secs_f64().max(1e-9)
}

/// The bad release in a fleet of so many hosts. It is halted so many seconds after the first of them has left it.
fn simulate(hosts: usize, wave: Option<&Wave>, reaction: Option<u64>) -> Fate {
    let mut fleet: Vec<Host> = (0..hosts).map(Host::new).collect();
    // The hosts of a fleet do not come all at once: their turns are spread over an interval.
    let first = |host: usize| (host as u64).wrapping_mul(2_654_435_761) % INTERVAL;
    let mut turns: BinaryHeap<_> = (0..hosts).map(|host| Reverse((first(host), host))).collect();
    let mut halted_at = u64::MAX;
    let mut fate = Fate::default();
    while let Some(Reverse((now, host))) = turns.pop().filter(|Reverse((now, _))| *now < SPAN) {
        let has_left = fleet[host].looks(now, wave, now >= halted_at, &mut fate);
        if let (true, Some(reaction)) = (has_left, reaction) {
            halted_at = halted_at.min(now + reaction);
        }
        turns.push(Reverse((now + INTERVAL, host)));
    }
    fate.ran = fleet.iter().filter(|host| host.has_run).count();
    fate
}

/// One updater, and whether it ever ran the release.
struct Host {
    settings: Settings,
    state: State,
    has_run: bool,
}

impl Host {
    fn new(number: usize) -> Self {
        let settings = Settings {
            host: HostName::parse(&format!("host-{number}")).expect("it is a name"),
            channel: Channel::parse("prod").expect("it is a channel"),
            probation: Period::parse("2m").expect("it is a period"),
            reboots: Reboots::Never,
        };
        Self { settings, state: State::new(system('0')), has_run: false }
    }

    /// One look, with all that follows from it. Whether the host has left the release on it.
    fn looks(&mut self, now: u64, wave: Option<&Wave>, is_halted: bool, fate: &mut Fate) -> bool {
        let (mut event, mut has_left) = (Some(Event::Poll), false);
        if self.state.sequence == 0 {
            self.hears(Event::Started(World { running: system('0') }), now, fate);
        }
        while let Some(next) = event.take() {
            let Some(effect) = self.hears(next, now, fate) else { break };
            let answer = self.answer(&effect, wave, is_halted, &mut has_left);
            event = Some(Event::Answer(answer));
        }
        has_left
    }

    fn hears(&mut self, event: Event, now: u64, fate: &mut Fate) -> Option<Effect> {
        let wall = start() + SignedDuration::from_secs(i64::try_from(now).expect("it is a few days"));
        let at = Moment { boot: BootId::new(1), uptime: 3_600 + now, wall };
        let next = step(&self.state, event, &at, &self.settings).expect("each answer is to what was asked");
        fate.steps += 1;
        self.state = next.state;
        next.effects.into_iter().find(Effect::has_answer)
    }

    /// What the world answers: everything works but the release.
    fn answer(
        &mut self,
        effect: &Effect,
        wave: Option<&Wave>,
        is_halted: bool,
        has_left: &mut bool,
    ) -> Answer {
        match effect {
            Effect::Fetch => Answer::Pointer(PointerFound {
                order: order(),
                manifest_sha256: Some(digest()),
                issued_at: Some(UtcTime::at(start())),
            }),
            Effect::FetchManifest { .. } => Answer::Offer(Box::new(self.offer(wave, is_halted))),
            Effect::Realise(_) => Answer::Realised(Ok(())),
            Effect::StageSecrets(_) => Answer::Staged(Ok(())),
            Effect::ReadInhibitors(_) => Answer::Inhibitors(Inhibitors::None),
            Effect::Switch(_) => {
                self.has_run = true;
                Answer::Switched(Ok(()))
            }
            Effect::Watch(_) => {
                Answer::Health(Verdict::Failed { reach: Reach::Local, what: "a check".to_owned() })
            }
            Effect::GoBack { .. } => {
                *has_left = true;
                Answer::WentBack(Ok(()))
            }
            Effect::Commit(_) => Answer::Committed(Ok(())),
            Effect::TakeRebootLock
            | Effect::ReleaseRebootLock
            | Effect::BootOnce(_)
            | Effect::Prune
            | Effect::Stop => {
                unreachable!("nothing here reboots, and what has no answer is not asked for one")
            }
        }
    }

    fn offer(&self, wave: Option<&Wave>, is_halted: bool) -> Offer {
        let name = ReleaseName {
            host: self.settings.host.clone(),
            channel: self.settings.channel.clone(),
            order: order(),
        };
        let opens =
            wave.map_or(Opening::Now, |wave| wave.opens_at(&name).map_or(Opening::Never, Opening::At));
        let target = Target {
            order: order(),
            manifest_sha256: digest(),
            toplevel: system('1'),
            secrets: digest(),
            probation: 120,
        };
        let seen = Seen { order: order(), manifest_sha256: digest(), issued_at: Some(UtcTime::at(start())) };
        Offer { target, seen, opens, is_halted }
    }
}

fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("it is a moment of this century")
}

fn wave(steps: &[(&str, u8)]) -> Wave {
    let step = |(after, percent): &(&str, u8)| WaveStep {
        after: Period::parse(after).expect("it is a period"),
        percent: *percent,
    };
    Wave { starts_at: UtcTime::at(start()), steps: steps.iter().map(step).collect() }
}

fn order() -> Order {
    Order { epoch: Epoch::default(), release_id: ReleaseId::new(7).expect("it is above 0") }
}

fn digest() -> Sha256Digest {
    Sha256Digest::of(b"the bad release")
}

fn system(letter: char) -> StorePath {
    StorePath::parse(&format!("/nix/store/{}-nixos-system", letter.to_string().repeat(32)))
        .expect("it is a path of the store")
}
