//! A host that runs one release and is offered another, as often as it is needed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clawlets_release::value::StorePath;
use clawlets_tests::{eventually, skip};

use super::{
    disk::Disk,
    trace::{self, End, Event, Point, Traced},
};
use crate::{
    machine::Candidate,
    store::Quality,
    world::{World, copy, remove},
};

/// A host that runs release 1, and whose mirrors show release 2.
pub(super) struct Case {
    pub(super) world: World,
    pub(super) good: StorePath,
    pub(super) offered: StorePath,
    pub(super) quality: Quality,
    boots: u128,
}

impl Case {
    /// None when this machine lacks what it takes, which is said aloud.
    pub(super) fn new(test: &str, quality: Quality) -> Option<Self> {
        let case = Self::untouched(test, quality)?;
        case.world.run(&["update", "apply"]).succeeds();
        if quality.is_to_be_booted() {
            case.world.may_reboot();
        }
        let offered = case.world.publish(2, quality);
        case.begins_here();
        Some(Self { offered, ..case })
    }

    /// A host that has never looked for a release, and is offered release 1.
    pub(super) fn untouched(test: &str, quality: Quality) -> Option<Self> {
        let world = World::new(test)?;
        if !trace::is_possible() {
            assert!(std::env::var_os("CI").is_none(), "strace is missing: run scripts/setup --tests");
            skip(test, "strace is missing, or may not trace");
            return None;
        }
        let good = world.publish(1, Quality::Good);
        let case = Self { world, offered: good.clone(), good, quality, boots: 1 };
        case.begins_here();
        Some(case)
    }

    /// From now on, whatever begins anew begins as the host is now.
    pub(super) fn begins_here(&self) {
        if self.at_first().exists() {
            remove(&self.at_first());
        }
        copy(&self.host(), &self.at_first());
    }

    pub(super) fn host(&self) -> PathBuf {
        self.world.host()
    }

    /// The host before anything happened.
    fn at_first(&self) -> PathBuf {
        self.world.folder().join("at-first")
    }

    /// The host when it was killed.
    fn when_killed(&self) -> PathBuf {
        self.world.folder().join("when-killed")
    }

    pub(super) fn disk(&self) -> Disk {
        Disk::new(&self.host(), &self.at_first())
    }

    /// Begins anew, and applies the release.
    pub(super) fn apply(&mut self, event: Option<(Event, &Point)>) -> Traced {
        self.becomes(&self.at_first());
        let traced = trace::apply(&self.world, event);
        self.is_quiet();
        traced
    }

    /// Begins anew, and is killed at a point; what is on its disk then.
    pub(super) fn is_killed_at(&mut self, point: &Point) -> (Traced, Disk) {
        let killed = self.apply(Some((Event::Killed, point)));
        self.is_quiet();
        if self.when_killed().exists() {
            remove(&self.when_killed());
        }
        copy(&self.host(), &self.when_killed());
        let mut disk = self.disk();
        killed.calls.iter().for_each(|call| disk.hears(call));
        (killed, disk)
    }

    /// The host as it was when it was killed; but it was the power that went, and with it what was not on the disk.
    pub(super) fn power_goes(&mut self, disk: &Disk) {
        self.becomes(&self.when_killed());
        disk.lose();
        self.comes_up(Candidate::ComesUp);
    }

    /// The machine boots.
    pub(super) fn comes_up(&mut self, candidate: Candidate) {
        self.boots += 1;
        self.world.comes_up(self.boots, candidate);
    }

    /// The next updater runs to its end; where that is a reboot, the machine boots.
    pub(super) fn goes_on(&mut self) {
        let end = trace::ends(&self.world, &mut self.world.start_apply(), |_| {});
        self.is_quiet();
        match end {
            End::Code(_) => {}
            End::WentDown => self.comes_up(Candidate::ComesUp),
            End::Killed => panic!("nobody kills this one"),
        }
    }

    /// Puts the host into the place of what it became.
    fn becomes(&self, kept: &Path) {
        self.is_quiet();
        remove(&self.host());
        copy(kept, &self.host());
        fs::write(self.host().join("boot-id"), format!("{:032x}\n", self.boots)).unwrap();
    }

    /// Nothing that was started for this host runs any more.
    fn is_quiet(&self) {
        let folder = self.world.folder().display().to_string();
        eventually("what was started ends", || {
            let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
            let is_of_host = |process: PathBuf| {
                let line = fs::read(process.join("cmdline")).unwrap_or_default();
                String::from_utf8_lossy(&line).contains(&folder)
            };
            (!processes.filter(|path| path.join("cmdline").exists()).any(is_of_host)).then_some(())
        });
    }
}
