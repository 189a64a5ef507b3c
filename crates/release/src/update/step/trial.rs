//! While a release runs on trial, when it becomes the last good one, and when the host goes back.

use super::{TRIAL_LIMIT, Turn, WATCH_MARGIN};
use crate::update::{Effect, Failure, Good, Outcome, Parting, Phase, Run, Trouble, Verdict, Way};

impl Turn<'_> {
    pub(super) fn switched(&mut self, run: Run, result: Result<(), Trouble>) {
        match result {
            Ok(()) => {
                let run = self.on_probation(run);
                self.stay(Phase::Probation(run.clone()));
                self.ask(Effect::Watch(run.target));
            }
            Err(trouble) => self.leave(run, Failure::Switch(trouble)),
        }
    }

    /// The same run, with the times of a probation that begins now.
    pub(super) fn on_probation(&self, run: Run) -> Run {
        let proven_at = self.at.uptime + run.target.probation;
        let deadline = proven_at + WATCH_MARGIN;
        Run { boot: self.at.boot, proven_at, deadline, parting: Parting::Silent, ..run }
    }

    pub(super) fn judged(&mut self, phase: fn(Run) -> Phase, run: Run, verdict: Verdict) {
        match verdict {
            Verdict::Failed { reach, what } => self.leave(run, Failure::Check { reach, what }),
            Verdict::Healthy { .. } if self.at.uptime > run.deadline => self.leave(run, Failure::TimedOut),
            Verdict::Healthy { .. } if self.at.uptime < run.proven_at => {
                self.stay(phase(run.clone()));
                self.ask(Effect::Watch(run.target));
            }
            Verdict::Healthy { .. } => {
                self.stay(Phase::Committing(run.clone()));
                self.ask(Effect::Commit(run.target));
            }
        }
    }

    pub(super) fn committed(&mut self, run: Run, result: Result<(), Trouble>) {
        if let Err(trouble) = result {
            return self.leave(run, Failure::Commit(trouble));
        }
        let Run { target, way, .. } = run;
        self.state.history.end(None, self.at.wall);
        self.conclude(Outcome::Applied(target.order));
        self.state.good = Good { toplevel: target.toplevel.clone(), release: Some(target) };
        if way == Way::Boot {
            self.ask(Effect::ReleaseRebootLock);
        }
        self.ask(Effect::Prune);
    }

    pub(super) fn tick(&mut self) {
        if self.state.phase.run().is_none_or(|run| self.at.uptime <= run.deadline) {
            return;
        }
        match self.leave_phase() {
            Phase::Testing(run) | Phase::Probation(run) | Phase::BootProbation(run) => {
                self.leave(run, Failure::TimedOut);
            }
            // The reboot does not happen: the host still runs what it ran before.
            Phase::BootingNew(run) => self.leave_live(run, Failure::Commit(Trouble::Other)),
            // The way back does not end: the default boot entry is the last good system.
            Phase::RollingBack { run, why } => self.go_back(run, why, Way::Boot),
            // What was proven is not given up for being slow.
            phase @ (Phase::Committing(_)
            | Phase::Idle
            | Phase::Fetched { .. }
            | Phase::Verified(_)
            | Phase::Realised(_)
            | Phase::SecretsStaged(_)
            | Phase::RebootPending(_)
            | Phase::RolledBack(_)
            | Phase::Denied(_)) => self.stay(phase),
        }
    }

    pub(super) fn terminated(&mut self) {
        self.must_not_wait_for_the_disk();
        let told = |run: Run| Run { parting: Parting::Told, ..run };
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
            Phase::Testing(run) => self.stay(Phase::Testing(told(run))),
            Phase::Probation(run) => self.stay(Phase::Probation(told(run))),
            Phase::BootProbation(run) => self.stay(Phase::BootProbation(told(run))),
            // Its own reboot ends the updater, which says nothing; and what is being committed or left needs no more.
            phase @ (Phase::BootingNew(_) | Phase::Committing(_) | Phase::RollingBack { .. }) => {
                self.stay(phase);
            }
        }
        self.ask(Effect::Stop);
    }

    /// The release is left, by the way on which it came.
    pub(super) fn leave(&mut self, run: Run, why: Failure) {
        let way = run.way;
        self.count(&run, &why);
        self.go_back(run, why, way);
    }

    /// The release is left without a reboot, since it does not run.
    pub(super) fn leave_live(&mut self, run: Run, why: Failure) {
        self.count(&run, &why);
        self.go_back(run, why, Way::Live);
    }

    pub(super) fn count(&mut self, run: &Run, why: &Failure) {
        self.state.tries.failed(&run.target, why, self.at.wall);
    }

    pub(super) fn go_back(&mut self, run: Run, why: Failure, way: Way) {
        self.must_not_wait_for_the_disk();
        let deadline = self.at.uptime + TRIAL_LIMIT;
        let run = Run { boot: self.at.boot, proven_at: deadline, deadline, parting: Parting::Silent, ..run };
        self.stay(Phase::RollingBack { run, why });
        self.ask(Effect::GoBack { good: self.state.good.clone(), way });
    }

    pub(super) fn went_back(&mut self, run: Run, why: Failure, result: Result<(), Trouble>) {
        match result {
            Ok(()) => self.is_back(run, why),
            // What cannot be switched to can be booted: it boots by default.
            Err(_) => self.go_back(run, why, Way::Boot),
        }
    }

    /// The last good system runs again.
    pub(super) fn is_back(&mut self, run: Run, why: Failure) {
        self.must_not_wait_for_the_disk();
        let Run { target, way, .. } = run;
        let order = target.order;
        self.state.history.end(Some(why.clone()), self.at.wall);
        if self.state.tries.is_denied(target.manifest_sha256) {
            self.conclude(Outcome::Denied(order));
            self.stay(Phase::Denied(target));
        } else {
            self.conclude(Outcome::RolledBack { order, failure: why });
            self.stay(Phase::RolledBack(target));
        }
        if way == Way::Boot {
            self.ask(Effect::ReleaseRebootLock);
        }
        self.ask(Effect::Prune);
    }
}
