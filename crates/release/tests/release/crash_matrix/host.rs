//! A host: what is on its disk, what runs, what its clock shows, and what is broken.

use std::collections::{BTreeMap, BTreeSet};

use clawlets_model::{Channel, HostName};
use clawlets_release::{
    trust::Seen,
    update::{BootId, Command, Effect, Event, Moment, Reboots, Settings, State},
    value::{Order, Period, Sha256Digest, StorePath},
};
use jiff::{SignedDuration, Timestamp};

use super::release::{Quality, Release, system};

/// What ends abruptly, and when: after so many more writes and effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crash {
    Kill,
    PowerCut,
}

/// The crash that was to come has come: whatever was being done is not finished.
#[derive(Debug)]
pub(super) struct Crashed;

/// An updater that runs.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) state: State,
    /// What it waits for.
    pub(super) awaited: Option<Effect>,
}

#[derive(Debug)]
pub(super) struct Host {
    // On disk.
    pub(super) saved: Option<State>,
    pub(super) floor: Option<Seen>,
    pub(super) default_entry: StorePath,
    pub(super) once: Option<StorePath>,
    pub(super) roots: BTreeSet<StorePath>,
    pub(super) secrets: BTreeMap<StorePath, Sha256Digest>,
    // Running.
    pub(super) running: StorePath,
    pub(super) boot: u128,
    pub(super) uptime: u64,
    pub(super) wall: Timestamp,
    pub(super) process: Option<Process>,
    // Around it.
    pub(super) releases: Vec<Release>,
    pub(super) served: usize,
    pub(super) is_halted: bool,
    pub(super) has_network: bool,
    pub(super) is_disk_full: bool,
    pub(super) is_read_only: bool,
    pub(super) is_reboot_lock_held: bool,
    pub(super) crash: Option<(u8, Crash)>,
    pub(super) how: u8,
    pub(super) settings: Settings,
    // What is known from outside.
    pub(super) highest_saved: Option<Order>,
    pub(super) failed_attempts: BTreeMap<Sha256Digest, BTreeSet<u64>>,
}

impl Host {
    pub(super) fn new() -> Self {
        let installed = system(0);
        let settings = Settings {
            host: HostName::parse("web-1").unwrap(),
            channel: Channel::parse("prod").unwrap(),
            probation: Period::parse("2m").unwrap(),
            reboots: Reboots::Allowed,
        };
        Self {
            saved: None,
            floor: None,
            default_entry: installed.clone(),
            once: None,
            roots: BTreeSet::from([installed.clone()]),
            secrets: BTreeMap::new(),
            running: installed,
            boot: 1,
            uptime: 60,
            wall: "2026-11-21T08:00:00Z".parse().unwrap(),
            process: None,
            releases: vec![Release::new(1, Quality::Good)],
            served: 0,
            is_halted: false,
            has_network: true,
            is_disk_full: false,
            is_read_only: false,
            is_reboot_lock_held: false,
            crash: None,
            how: 0,
            settings,
            highest_saved: None,
            failed_attempts: BTreeMap::new(),
        }
    }

    pub(super) fn now(&self) -> Moment {
        Moment { boot: BootId::new(self.boot), uptime: self.uptime, wall: self.wall }
    }

    fn passes(&mut self, seconds: u64) {
        self.uptime += seconds;
        self.wall += SignedDuration::from_secs(i64::try_from(seconds).unwrap());
    }

    /// The release whose system this is.
    pub(super) fn release_of(&self, toplevel: &StorePath) -> Option<&Release> {
        self.releases.iter().find(|release| release.target.toplevel == *toplevel)
    }

    /// Something happens.
    pub(super) fn happens(&mut self, what: u8, how: u8) {
        self.how = how;
        match what {
            0 => self.works(),
            1 => self.passes(u64::from(how)),
            2 => self.passes(u64::from(how) * 60),
            3 => self.wall += SignedDuration::from_hours(if how & 1 == 0 { 1 } else { -1 }),
            4 => self.crash = Some((how % 8, Crash::PowerCut)),
            5 => self.crash = Some((how % 8, Crash::Kill)),
            6 => self.loses_power(),
            7 => self.process = None,
            8 => self.is_told_to_end(),
            9 => self.is_rebooted(),
            10 => self.is_disk_full = how & 1 == 0,
            11 => self.is_read_only = how & 3 == 0,
            12 => self.has_network = how & 1 == 0,
            13 | 14 => self.publish(Quality::ALL[usize::from(how) % Quality::ALL.len()]),
            15 => self.is_halted = how & 1 == 0,
            16 => self.hears(Event::Command(if how & 3 == 0 { Command::Pause } else { Command::Resume })),
            17 => self.hears(Event::Command(self.of_a_release(how))),
            18 => self.is_reboot_lock_held = how & 3 == 0,
            19 => self.hears(Event::Tick),
            20 => self.loses_a_file(how),
            21 => self.a_mirror_is_behind(how),
            22 => self.a_second_updater_starts(),
            _ => self.hears(Event::Poll),
        }
        self.must_hold();
    }

    fn of_a_release(&self, how: u8) -> Command {
        let order = self.releases[usize::from(how) % self.releases.len()].target.order;
        if how & 1 == 0 { Command::Pin(order) } else { Command::Skip(order) }
    }

    fn publish(&mut self, quality: Quality) {
        let number = self.releases.len() as u64 + 1;
        self.releases.push(Release::new(number, quality));
        self.served = self.releases.len() - 1;
        self.is_halted = false;
    }

    fn a_mirror_is_behind(&mut self, how: u8) {
        self.served = self.releases.len() - 1 - usize::from(how) % self.releases.len().min(2);
    }

    /// The floor is kept in two places; one of them goes. The whole state goes only while nothing is under way.
    fn loses_a_file(&mut self, how: u8) {
        let Some(saved) = &self.saved else { return };
        let in_state = saved.seen.map(|seen| seen.order);
        let in_floor = self.floor.map(|seen| seen.order);
        if how & 1 == 0 && in_state == self.highest_saved {
            self.floor = None;
        } else if in_floor == self.highest_saved && saved.phase.is_resting() && self.process.is_none() {
            self.saved = None;
            self.failed_attempts.clear();
        }
    }

    pub(super) fn loses_power(&mut self) {
        self.process = None;
        self.boots();
    }

    fn is_rebooted(&mut self) {
        self.is_told_to_end();
        self.process = None;
        self.boots();
    }

    /// The machine boots what is to boot once, or else its default entry. What does not boot falls back.
    pub(super) fn boots(&mut self) {
        let entry = self.once.take().unwrap_or_else(|| self.default_entry.clone());
        let comes_up = self.release_of(&entry).is_none_or(|release| release.quality != Quality::DoesNotBoot);
        self.running = if comes_up { entry } else { self.default_entry.clone() };
        self.boot += 1;
        self.uptime = 30;
        self.passes(1);
        self.crash = None;
    }

    pub(super) fn is_told_to_end(&mut self) {
        self.hears(Event::Terminated);
    }

    /// Somebody starts another updater: where one runs, it does not get the lock, and ends without reading or writing.
    fn a_second_updater_starts(&mut self) {
        if self.process.is_none() {
            self.works();
        }
    }

    /// The faults end, somebody publishes a good release and follows the channel again: the host must come to run it.
    pub(super) fn recovers(&mut self) {
        (self.has_network, self.is_disk_full, self.is_read_only) = (true, false, false);
        (self.is_reboot_lock_held, self.is_halted, self.crash) = (false, false, None);
        self.how = 1;
        self.publish(Quality::Good);
        let wanted = self.releases[self.served].target.toplevel.clone();
        for _ in 0..400 {
            self.hears(Event::Command(Command::Resume));
            self.works();
            self.passes(10);
            self.hears(Event::Tick);
            self.must_hold();
            let saved = self.saved.as_ref();
            if saved.is_some_and(|saved| saved.good.toplevel == wanted && saved.phase.is_resting()) {
                assert_eq!(self.running, wanted);
                assert_eq!(self.default_entry, wanted);
                assert_eq!(self.once, None);
                return;
            }
            self.hears(Event::Poll);
        }
        panic!("the host does not come to run {wanted}: {self:#?}");
    }
}
