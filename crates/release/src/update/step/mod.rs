//! The step function, one file for each stretch of the way.

mod prepare;
mod rest;
mod start;
mod trial;
mod turn;

use clawlets_model::{Channel, HostName};
use thiserror::Error;

use self::turn::Turn;
use super::{Answer, Command, Event, Moment, Phase, State, Step};
use crate::value::Period;

/// How long a switch, a boot or the way back may take, in seconds.
pub const TRIAL_LIMIT: u64 = 15 * 60;
/// How much longer than a probation its verdict may take, in seconds.
pub const WATCH_MARGIN: u64 = 2 * 60;

/// What the host's own configuration says about updates.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The host.
    pub host: HostName,
    /// The channel that it follows.
    pub channel: Channel,
    /// The shortest probation.
    pub probation: Period,
    /// Whether it may reboot by itself.
    pub reboots: Reboots,
}

/// Whether a host may reboot by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reboots {
    /// Never: a release that needs a reboot waits for somebody.
    Never,
    /// Under the lock.
    Allowed,
}

/// An answer that nobody waits for: an effect's that was given up meanwhile, or a mistake of whoever carries them out.
/// Nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("nobody waits for the answer '{answer}' in the phase '{phase}'")]
pub struct OutOfTurn {
    /// Where the update stands.
    pub phase: &'static str,
    /// What was answered.
    pub answer: &'static str,
}

/// What follows from an event.
///
/// # Errors
/// [`OutOfTurn`] for an answer that nobody waits for.
pub fn step(state: &State, event: Event, at: &Moment, settings: &Settings) -> Result<Step, OutOfTurn> {
    let mut turn = Turn::begin(state, at, settings);
    match event {
        Event::Started(world) => turn.started(&world),
        Event::Poll => turn.poll(),
        Event::Tick => turn.tick(),
        Event::Command(command) => turn.command(command),
        Event::Terminated => turn.terminated(),
        Event::Answer(answer) => {
            let out_of_turn = OutOfTurn { phase: state.phase.name(), answer: answer.name() };
            turn.answered(answer, out_of_turn)?;
        }
    }
    Ok(turn.end(state))
}

impl Turn<'_> {
    fn answered(&mut self, answer: Answer, out_of_turn: OutOfTurn) -> Result<(), OutOfTurn> {
        let phase = self.leave_phase();
        match (phase, answer) {
            (phase, Answer::Pointer(found)) if phase.is_resting() => {
                self.stay(phase);
                self.pointer_found(found);
            }
            (phase, Answer::Nothing(reason)) if phase.is_resting() => {
                self.stay(phase);
                self.nothing_found(reason);
            }
            (Phase::Fetched { .. }, Answer::Nothing(reason)) => self.nothing_found(reason),
            (Phase::Fetched { order, manifest_sha256 }, Answer::Offer(offer))
                if offer.target.order == order
                    && manifest_sha256.is_none_or(|expected| expected == offer.target.manifest_sha256) =>
            {
                self.offered(*offer);
            }
            (Phase::Verified(target), Answer::Realised(result)) => self.realised(target, result),
            (Phase::Realised(target), Answer::Staged(result)) => self.staged(target, result),
            (Phase::SecretsStaged(target), Answer::Inhibitors(found)) => self.inhibitors_read(target, found),
            (Phase::RebootPending(target), Answer::RebootLock(lock)) => self.reboot_lock(target, lock),
            (Phase::Testing(run), Answer::Switched(result)) => self.switched(run, result),
            (Phase::BootingNew(run), Answer::NotBooted(trouble)) => self.not_booted(run, trouble),
            (Phase::Probation(run), Answer::Health(verdict)) => self.judged(Phase::Probation, run, verdict),
            (Phase::BootProbation(run), Answer::Health(verdict)) => {
                self.judged(Phase::BootProbation, run, verdict);
            }
            (Phase::Committing(run), Answer::Committed(result)) => self.committed(run, result),
            (Phase::RollingBack { run, why }, Answer::WentBack(result)) => self.went_back(run, why, result),
            (_, _) => return Err(out_of_turn),
        }
        Ok(())
    }

    fn command(&mut self, command: Command) {
        self.state.hold.decide(command);
        self.obey_hold();
    }
}

impl Answer {
    const fn name(&self) -> &'static str {
        match self {
            Self::Pointer(_) => "pointer",
            Self::Nothing(_) => "nothing",
            Self::Offer(_) => "offer",
            Self::Realised(_) => "realised",
            Self::Staged(_) => "staged",
            Self::Inhibitors(_) => "inhibitors",
            Self::RebootLock(_) => "reboot-lock",
            Self::Switched(_) => "switched",
            Self::NotBooted(_) => "not-booted",
            Self::Health(_) => "health",
            Self::Committed(_) => "committed",
            Self::WentBack(_) => "went-back",
        }
    }
}
