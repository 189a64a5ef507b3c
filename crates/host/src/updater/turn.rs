//! One updater at work.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use clawlets_release::{
    update::{Command, Effect, Event, Moment, Outcome, Phase, Save, Settings, State, World, step},
    value::StorePath,
};

use super::{Effects, UpdateError};
use crate::{
    Clock, Interrupt, Limits,
    config::Config,
    nix::system_behind,
    records::{Lock, Orders, Records, RecordsError, Report},
};

/// One updater. While it lives, no other one does.
pub struct Updater {
    effects: Effects,
    settings: Settings,
    records: Records,
    orders: Orders,
    clock: Clock,
    terminated: Arc<AtomicBool>,
    current_system: std::path::PathBuf,
    state: State,
    awaited: Option<Effect>,
    is_stopped: bool,
    losses: Vec<String>,
    _lock: Lock,
}

/// The system that runs.
///
/// # Errors
/// [`RecordsError::NoSystem`] when the link does not lead to one.
pub fn system_that_runs(current_system: &Path) -> Result<StorePath, RecordsError> {
    system_behind(current_system).ok_or_else(|| RecordsError::NoSystem { path: current_system.to_owned() })
}

impl Updater {
    /// Takes the lock, reads the state, and tells the machine what runs.
    ///
    /// # Errors
    /// [`UpdateError`]; among others when another updater runs.
    pub fn start(
        config: &Config,
        switcher: Vec<String>,
        terminated: &Arc<AtomicBool>,
    ) -> Result<Self, UpdateError> {
        let records = Records::new(&config.paths.state, &config.paths.floor);
        let effects = Effects::of(config, &records, switcher)?;
        let lock = records.lock()?;
        let running = || system_that_runs(&config.paths.current_system);
        // What boots by default was good when it became that; what runs may be on trial.
        let default = || system_behind(&config.nix.profile).map_or_else(running, Ok);
        let loaded = records.load(default)?;
        effects.hold_good(&loaded.state.good.toplevel);
        // On a disk that is full already nothing is begun anyway.
        let _ = records.set_room_aside();
        let mut updater = Self {
            effects,
            settings: config.settings(),
            orders: records.orders(),
            records,
            clock: Clock::of(&config.paths),
            terminated: Arc::clone(terminated),
            current_system: config.paths.current_system.clone(),
            state: loaded.state,
            awaited: None,
            is_stopped: false,
            losses: loaded.losses,
            _lock: lock,
        };
        let running = system_that_runs(&updater.current_system)?;
        updater.hear(Event::Started(World { running }))?;
        updater.obey_orders()?;
        Ok(updater)
    }

    /// What was lost or damaged when it started, in sentences.
    #[must_use]
    pub fn losses(&self) -> &[String] {
        &self.losses
    }

    /// The last result.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.state.outcome
    }

    /// Where the update stands.
    #[must_use]
    pub const fn phase(&self) -> &Phase {
        &self.state.phase
    }

    /// Whether it was told to end.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// The status of this host.
    ///
    /// # Errors
    /// When nobody can say what runs.
    pub fn report(&self) -> Result<Report, UpdateError> {
        let running = system_that_runs(&self.current_system)?;
        Ok(Report::of(&self.state, running, &self.records))
    }

    /// Finishes what is under way, looks for a release, and applies it: until nothing is left to do.
    ///
    /// # Errors
    /// [`UpdateError`] when it cannot go on; what was begun is finished by the next updater.
    pub fn apply(&mut self) -> Result<(), UpdateError> {
        self.work(|_| true)?;
        if !self.is_stopped && self.awaited.is_none() {
            self.hear(Event::Poll)?;
            self.work(|_| true)?;
        }
        Ok(())
    }

    /// Looks for a release and verifies it; nothing else is fetched or changed. Whether there is something to apply: a
    /// release that may begin, or one that is under way.
    ///
    /// # Errors
    /// [`UpdateError`] when it cannot go on.
    pub fn fetch(&mut self) -> Result<bool, UpdateError> {
        if self.awaited.is_some() {
            return Ok(true);
        }
        self.hear(Event::Poll)?;
        self.work(|effect| matches!(effect, Effect::Fetch | Effect::FetchManifest { .. }))?;
        let is_ready = self.awaited.is_some();
        if is_ready {
            // It is somebody else's to go on; this one ends in order.
            self.hear(Event::Terminated)?;
        }
        Ok(is_ready)
    }

    /// Carries out effects for as long as one has an answer, and `may` be carried out here.
    fn work(&mut self, may: impl Fn(&Effect) -> bool) -> Result<(), UpdateError> {
        while !self.is_stopped {
            let Some(effect) = self.awaited.clone().filter(&may) else { return Ok(()) };
            let at = self.now()?;
            let limits = Limits {
                terminated: &self.terminated,
                clock: &self.clock,
                deadline: self.deadline(),
                orders: self.state.phase.run().is_none().then_some(&self.orders),
            };
            match self.effects.answer(&effect, &self.state, at, &limits) {
                Ok(answer) => {
                    self.awaited = None;
                    self.obey_orders()?;
                    self.hear(Event::Answer(answer))?;
                }
                Err(Interrupt::Terminated) => self.hear(Event::Terminated)?,
                Err(Interrupt::Late) => self.hear(Event::Tick)?,
                Err(Interrupt::Ordered) => self.obey_orders()?,
            }
        }
        Ok(())
    }

    /// When what is on trial is given up. What was proven is not given up for being slow.
    fn deadline(&self) -> Option<u64> {
        let run = self.state.phase.run()?;
        (!matches!(self.state.phase, Phase::Committing(_))).then_some(run.deadline)
    }

    /// Carries out what somebody on this host decided.
    fn obey_orders(&mut self) -> Result<(), UpdateError> {
        for (path, command) in self.orders.all() {
            if let Some(command) = command {
                self.obey(command)?;
            }
            Orders::is_done(&path);
        }
        Ok(())
    }

    fn obey(&mut self, command: Command) -> Result<(), UpdateError> {
        self.hear(Event::Command(command))
    }

    /// One event, one step: the new state is on the disk before anything follows from it.
    fn hear(&mut self, event: Event) -> Result<(), UpdateError> {
        let at = self.now()?;
        // Nobody waits for the answer to what was given up meanwhile.
        let Ok(next) = step(&self.state, event, &at, &self.settings) else { return Ok(()) };
        if next.effects.iter().any(|effect| matches!(effect, Effect::GoBack { .. })) {
            self.records.give_room_up();
        }
        let saved = match next.save {
            Save::Nothing => Ok(()),
            Save::First | Save::IfPossible => self.records.save(&next.state),
        };
        let is_saved = saved.is_ok();
        if next.save == Save::First {
            saved?;
        }
        let has_moved = self.state.phase != next.state.phase;
        self.state = next.state;
        self.write_status();
        let mut awaited = None;
        for effect in next.effects {
            match effect {
                Effect::Stop => self.is_stopped = true,
                Effect::ReleaseRebootLock => self.effects.release_reboot_lock(),
                Effect::Prune if is_saved => self.effects.prune(&self.state.good),
                Effect::Prune => {}
                Effect::Fetch
                | Effect::FetchManifest { .. }
                | Effect::Realise(_)
                | Effect::StageSecrets(_)
                | Effect::ReadInhibitors(_)
                | Effect::TakeRebootLock
                | Effect::Switch(_)
                | Effect::BootOnce(_)
                | Effect::Watch(_)
                | Effect::Commit(_)
                | Effect::GoBack { .. } => awaited = Some(effect),
            }
        }
        // What was asked for before is still awaited, unless the update went elsewhere.
        if awaited.is_some() || has_moved {
            self.awaited = awaited;
        }
        Ok(())
    }

    /// The status is written on every path. One that cannot be written is no reason to stop.
    fn write_status(&self) {
        if let Ok(report) = self.report() {
            let _ = self.records.write_status(&report);
        }
    }

    fn now(&self) -> Result<Moment, UpdateError> {
        self.clock.now().map_err(UpdateError::Clock)
    }

    /// Whether somebody told it to end.
    #[must_use]
    pub fn is_told_to_end(&self) -> bool {
        self.terminated.load(Ordering::SeqCst)
    }
}
