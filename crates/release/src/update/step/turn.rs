//! One step in the making.

use crate::update::{Effect, Moment, Outcome, Phase, Save, Settings, State, Step};

/// One step in the making.
pub(super) struct Turn<'a> {
    pub(super) state: State,
    pub(super) at: &'a Moment,
    pub(super) settings: &'a Settings,
    effects: Vec<Effect>,
    must_not_wait: bool,
}

impl<'a> Turn<'a> {
    pub(super) fn begin(state: &State, at: &'a Moment, settings: &'a Settings) -> Self {
        Self { state: state.clone(), at, settings, effects: Vec::new(), must_not_wait: false }
    }

    pub(super) fn end(mut self, before: &State) -> Step {
        let save = match (self.state == *before, self.must_not_wait) {
            (true, _) => Save::Nothing,
            (false, true) => Save::IfPossible,
            (false, false) => Save::First,
        };
        if save != Save::Nothing {
            self.state.sequence += 1;
        }
        Step { state: self.state, save, effects: self.effects }
    }

    /// Takes the phase out, to be replaced or left as idle.
    pub(super) fn leave_phase(&mut self) -> Phase {
        std::mem::replace(&mut self.state.phase, Phase::Idle)
    }

    pub(super) fn stay(&mut self, phase: Phase) {
        self.state.phase = phase;
    }

    pub(super) fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(super) fn conclude(&mut self, outcome: Outcome) {
        self.state.conclude(outcome, self.at.wall);
    }

    /// The effects happen even if the new state cannot be saved.
    pub(super) fn must_not_wait_for_the_disk(&mut self) {
        self.must_not_wait = true;
    }
}
