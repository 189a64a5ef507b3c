//! From a verified release to one that can run: nothing on the host changes yet, so every fault ends here.

use super::{Reboots, TRIAL_LIMIT, Turn};
use crate::update::{
    Effect, Failure, Inhibitors, Outcome, Parting, Phase, RebootLock, Run, Target, Trouble, Way,
};

impl Turn<'_> {
    pub(super) fn realised(&mut self, target: Target, result: Result<(), Trouble>) {
        match result {
            Ok(()) => {
                self.stay(Phase::Realised(target.clone()));
                self.ask(Effect::StageSecrets(target));
            }
            Err(trouble) => self.conclude(Outcome::Trouble { order: target.order, trouble }),
        }
    }

    pub(super) fn staged(&mut self, target: Target, result: Result<(), Trouble>) {
        match result {
            Ok(()) => {
                self.stay(Phase::SecretsStaged(target.clone()));
                self.ask(Effect::ReadInhibitors(target));
            }
            Err(trouble) => self.conclude(Outcome::Trouble { order: target.order, trouble }),
        }
    }

    pub(super) fn inhibitors_read(&mut self, target: Target, found: Inhibitors) {
        let order = target.order;
        match (found, self.settings.reboots) {
            (Inhibitors::None, _) => {
                let run = self.begin_attempt(target, Way::Live);
                self.stay(Phase::Testing(run.clone()));
                self.ask(Effect::Switch(run.target));
            }
            (Inhibitors::Present(_), Reboots::Allowed) => {
                self.stay(Phase::RebootPending(target));
                self.ask(Effect::TakeRebootLock);
            }
            (Inhibitors::Present(inhibitors), Reboots::Never) => {
                self.conclude(Outcome::NeedsReboot { order, inhibitors });
            }
        }
    }

    pub(super) fn reboot_lock(&mut self, target: Target, lock: RebootLock) {
        match lock {
            RebootLock::Granted => {
                self.conclude(Outcome::UnderWay(target.order));
                let run = self.begin_attempt(target, Way::Boot);
                self.stay(Phase::BootingNew(run.clone()));
                self.ask(Effect::BootOnce(run.target));
            }
            RebootLock::Held => {
                self.conclude(Outcome::WaitingForRebootLock(target.order));
                self.stay(Phase::RebootPending(target));
            }
        }
    }

    /// An attempt begins, and is on record before anything happens.
    fn begin_attempt(&mut self, target: Target, way: Way) -> Run {
        self.state.history.begin(&target, way, self.at.wall);
        let deadline = self.at.uptime + TRIAL_LIMIT;
        Run { target, way, boot: self.at.boot, proven_at: deadline, deadline, parting: Parting::Silent }
    }

    /// What is held on this host is not begun with; what has begun is finished.
    pub(super) fn obey_hold(&mut self) {
        match &self.state.phase {
            Phase::Verified(target)
            | Phase::Realised(target)
            | Phase::SecretsStaged(target)
            | Phase::RebootPending(target) => {
                if let Some(held) = self.state.hold.on(target.order) {
                    self.give_up_preparing(Outcome::Held(held));
                }
            }
            Phase::Fetched { order, .. } => {
                if let Some(held) = self.state.hold.on(*order) {
                    self.give_up_preparing(Outcome::Held(held));
                }
            }
            Phase::Idle
            | Phase::RolledBack(_)
            | Phase::Denied(_)
            | Phase::Testing(_)
            | Phase::Probation(_)
            | Phase::BootingNew(_)
            | Phase::BootProbation(_)
            | Phase::Committing(_)
            | Phase::RollingBack { .. } => {}
        }
    }

    pub(super) fn give_up_preparing(&mut self, outcome: Outcome) {
        if let Phase::RebootPending(_) = self.leave_phase() {
            self.ask(Effect::ReleaseRebootLock);
        }
        self.conclude(outcome);
    }

    pub(super) fn not_booted(&mut self, run: Run, trouble: Trouble) {
        // It still runs what it ran before; only the boot that was to happen once must be taken back.
        self.leave_live(run, Failure::Commit(trouble));
    }
}
