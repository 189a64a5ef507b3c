//! The updater starts again: it was ended, or the machine was. What runs tells what happened.

use super::{TRIAL_LIMIT, Turn};
use crate::update::{Effect, Failure, Outcome, Parting, Phase, Run, Way, World};

/// What an updater finds about a release on trial.
enum Found {
    /// The same boot, and the release runs.
    StillTrying,
    /// The same boot, and the last good system runs.
    StillGood,
    /// Another boot, into the release.
    BootedNew,
    /// Another boot, into the last good system or one that nobody knows.
    BootedGood,
    /// Another boot, or the same, into something that neither is.
    Foreign,
}

impl Turn<'_> {
    pub(super) fn started(&mut self, world: &World) {
        match self.leave_phase() {
            phase @ (Phase::Idle | Phase::RolledBack(_) | Phase::Denied(_)) => self.stay(phase),
            Phase::Fetched { order, .. } => self.conclude(Outcome::Stopped(order)),
            Phase::Verified(target) | Phase::Realised(target) | Phase::SecretsStaged(target) => {
                self.conclude(Outcome::Stopped(target.order));
            }
            Phase::RebootPending(target) => {
                self.conclude(Outcome::Stopped(target.order));
                self.ask(Effect::ReleaseRebootLock);
            }
            Phase::Testing(run) => self.resume_testing(run, world),
            Phase::Probation(run) => self.resume_probation(Phase::Probation, run, world),
            Phase::BootProbation(run) => self.resume_probation(Phase::BootProbation, run, world),
            Phase::BootingNew(run) => self.resume_booting(run, world),
            Phase::Committing(run) => self.resume_committing(run, world),
            Phase::RollingBack { run, why } => self.resume_going_back(run, why, world),
        }
    }

    fn find(&self, run: &Run, world: &World) -> Found {
        let is_new = world.running == run.target.toplevel;
        let is_good = world.running == self.state.good.toplevel;
        match (run.boot == self.at.boot, is_new, is_good) {
            (true, true, _) => Found::StillTrying,
            (true, false, true) => Found::StillGood,
            (false, true, _) => Found::BootedNew,
            (false, false, true) => Found::BootedGood,
            (_, false, false) => Found::Foreign,
        }
    }

    fn is_late(&self, run: &Run) -> bool {
        self.at.uptime > run.deadline
    }

    /// How a run ended that a reboot ended.
    fn reboot(run: &Run) -> Failure {
        match run.parting {
            Parting::Told => Failure::Interrupted,
            Parting::Silent => Failure::PowerLost,
        }
    }

    fn resume_testing(&mut self, run: Run, world: &World) {
        match self.find(&run, world) {
            Found::StillTrying | Found::StillGood | Found::Foreign if run.boot == self.at.boot => {
                if self.is_late(&run) {
                    return self.leave(run, Failure::TimedOut);
                }
                // The switch ends the updater that it replaces, so this is the usual way.
                let run = Run { parting: Parting::Silent, ..run };
                self.stay(Phase::Testing(run.clone()));
                self.ask(Effect::Switch(run.target));
            }
            Found::BootedGood => {
                let why = Self::reboot(&run);
                self.count(&run, &why);
                self.is_back(run, why);
            }
            Found::StillTrying | Found::StillGood | Found::BootedNew | Found::Foreign => {
                let why = Self::reboot(&run);
                self.leave(run, why);
            }
        }
    }

    fn resume_probation(&mut self, phase: fn(Run) -> Phase, run: Run, world: &World) {
        match self.find(&run, world) {
            Found::StillTrying if !self.is_late(&run) => {
                let run = Run { parting: Parting::Silent, ..run };
                self.stay(phase(run.clone()));
                self.ask(Effect::Watch(run.target));
            }
            // Nobody watched it until its end, or it was left and nobody could write that down.
            Found::StillTrying | Found::StillGood => self.leave(run, Failure::TimedOut),
            Found::BootedGood => {
                let why = Self::reboot(&run);
                self.count(&run, &why);
                self.is_back(run, why);
            }
            Found::BootedNew | Found::Foreign => {
                let why = Self::reboot(&run);
                self.leave(run, why);
            }
        }
    }

    fn resume_booting(&mut self, run: Run, world: &World) {
        match self.find(&run, world) {
            // Nothing could be saved since it booted.
            Found::BootedNew if self.at.uptime > run.target.probation + TRIAL_LIMIT => {
                self.leave(run, Failure::TimedOut);
            }
            Found::BootedNew => {
                self.must_not_wait_for_the_disk();
                let run = self.on_probation(run);
                self.stay(Phase::BootProbation(run.clone()));
                self.ask(Effect::Watch(run.target));
            }
            // It was booted and went down again, or never came up.
            Found::BootedGood => {
                self.count(&run, &Failure::DidNotBoot);
                self.is_back(run, Failure::DidNotBoot);
            }
            Found::StillGood if !self.is_late(&run) => {
                self.stay(Phase::BootingNew(run.clone()));
                self.ask(Effect::BootOnce(run.target));
            }
            Found::StillGood => self.leave_live(run, Failure::Interrupted),
            Found::StillTrying | Found::Foreign => self.leave(run, Failure::Interrupted),
        }
    }

    fn resume_committing(&mut self, run: Run, world: &World) {
        match self.find(&run, world) {
            Found::StillTrying | Found::BootedNew => {
                self.stay(Phase::Committing(run.clone()));
                self.ask(Effect::Commit(run.target));
            }
            // It was proven, and went down before it was the default. What was done of that is taken back.
            Found::StillGood | Found::BootedGood => self.leave_live(run, Failure::Interrupted),
            Found::Foreign => self.leave(run, Failure::Interrupted),
        }
    }

    fn resume_going_back(&mut self, run: Run, why: Failure, world: &World) {
        match self.find(&run, world) {
            // It runs already, and what else belongs to it is put right without a reboot.
            Found::BootedGood | Found::StillGood => self.go_back(run, why, Way::Live),
            Found::StillTrying | Found::BootedNew | Found::Foreign => {
                let way = run.way;
                self.go_back(run, why, way);
            }
        }
    }
}
