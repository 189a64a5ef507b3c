//! What must hold at every moment, whatever happened.

use clawlets_release::update::{Effect, Failure, Outcome, Phase, Save, State, Step, Target};

use super::host::Host;

impl Host {
    /// Looks at the whole host.
    pub(super) fn must_hold(&self) {
        let Some(saved) = &self.saved else {
            assert_eq!(self.running, self.default_entry, "nothing was begun");
            return;
        };
        let good = &saved.good.toplevel;
        let target = saved.phase.run().map(|run| &run.target.toplevel);

        // What runs is the last good system, or the one on trial.
        assert!(self.running == *good || Some(&self.running) == target, "{} runs: {self:#?}", self.running);

        // What boots by default is the last good system until the other is committed.
        let may_be_new = matches!(
            &saved.phase,
            Phase::Committing(_) | Phase::RollingBack { why: Failure::Commit(_) | Failure::Interrupted, .. }
        );
        let is_default_fine =
            self.default_entry == *good || (may_be_new && Some(&self.default_entry) == target);
        assert!(is_default_fine, "{} boots by default: {self:#?}", self.default_entry);

        // When nothing is under way, nothing waits to be booted.
        if saved.phase.is_resting() {
            assert_eq!(self.once, None, "{self:#?}");
        }

        // The secrets in use are those of what runs.
        if let Some(release) = self.release_of(&self.running) {
            assert_eq!(
                self.secrets.get(&self.running),
                Some(&release.target.secrets),
                "foreign secrets: {self:#?}"
            );
        }

        // A root holds the last good system, and what runs.
        assert!(self.roots.contains(good), "the last good system may be collected: {self:#?}");
        assert!(self.roots.contains(&self.running), "what runs may be collected: {self:#?}");

        // The floor never falls, whichever of its places is lost.
        let floor = self.floor.map(|seen| seen.order).max(saved.seen.map(|seen| seen.order));
        assert!(floor >= self.highest_saved, "the floor fell to {floor:?}: {self:#?}");

        // Every attempt has a beginning and an end on record, in order.
        let attempts = saved.history.attempts();
        assert!(attempts.windows(2).all(|pair| pair[0].number < pair[1].number && pair[0].ended.is_some()));
        let is_over = attempts.last().is_none_or(|last| last.ended.is_some());
        assert_eq!(is_over, saved.phase.run().is_none(), "an attempt without an end: {self:#?}");

        // Nobody is told that something is under way when nothing is.
        if saved.phase.is_resting() {
            assert!(!matches!(saved.outcome, Outcome::UnderWay(_)), "{self:#?}");
        }

        // A release is left for good after two failures.
        assert!(self.failed_attempts.values().all(|attempts| attempts.len() <= 2), "{self:#?}");
    }

    pub(super) fn must_not_be_denied(&self, target: &Target) {
        let state = &self.process.as_ref().expect("an updater runs").state;
        assert!(!state.tries.is_denied(target.manifest_sha256), "a denied release is tried: {self:#?}");
    }

    /// Looks at one step.
    pub(super) fn check_step(&self, before: &State, step: &Step, is_on_time: bool, is_verdict: bool) {
        assert!(step.effects.iter().filter(|effect| effect.has_answer()).count() <= 1, "{step:?}");

        // Deadlines count in seconds since boot, and outlive restarts.
        if is_on_time {
            let phase = &step.state.phase;
            let is_on_trial =
                matches!(phase, Phase::Testing(_) | Phase::Probation(_) | Phase::BootProbation(_));
            let on_trial = phase.run().filter(|_| is_on_trial);
            assert!(on_trial.is_none_or(|run| self.uptime <= run.deadline), "too late: {step:#?}");
        }

        // Nothing is committed before it is proven, or after its time.
        if let (true, Phase::Committing(run)) = (is_verdict, &step.state.phase) {
            assert!((run.proven_at..=run.deadline).contains(&self.uptime), "{step:#?}");
        }

        // Nothing is begun that somebody held.
        let number = |state: &State| state.history.attempts().last().map(|attempt| attempt.number);
        if let Some(run) = step.state.phase.run().filter(|_| number(&step.state) > number(before)) {
            assert_eq!(step.state.hold.on(run.target.order), None, "{step:#?}");
        }

        // Going back does not wait for a disk.
        if step.effects.iter().any(|effect| matches!(effect, Effect::GoBack { .. })) {
            assert_ne!(step.save, Save::First, "{step:#?}");
        }

        // What begins an attempt, or commits one, is on disk before it happens.
        let is_bold =
            |effect: &Effect| matches!(effect, Effect::Switch(_) | Effect::BootOnce(_) | Effect::Commit(_));
        if step.effects.iter().any(is_bold) {
            assert_ne!(step.save, Save::IfPossible, "{step:?}");
        }
    }
}
