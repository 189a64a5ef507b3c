//! The updater of a host: it keeps to the protocol, and every write and every part of an effect may be its last.

use clawlets_release::{
    document::Reach,
    trust::Seen,
    update::{
        Answer, Effect, Event, Failure, Inhibitors, NothingFetched, Offer, Opening, Phase, PointerFound,
        RebootLock, Save, State, Target, Trouble, Verdict, Way, World, step,
    },
};

use super::{
    host::{Crash, Crashed, Host, Process},
    release::Quality,
};

impl Host {
    /// The updater starts, looks for a release, or does what it was asked for.
    pub(super) fn works(&mut self) {
        match &self.process {
            None => self.starts(),
            Some(Process { awaited: None, .. }) => self.hears(Event::Poll),
            Some(Process { awaited: Some(effect), .. }) => {
                let effect = effect.clone();
                if let Ok(Some(answer)) = self.carries_out(&effect) {
                    if let Some(process) = &mut self.process {
                        process.awaited = None;
                    }
                    self.hears(Event::Answer(answer));
                }
            }
        }
    }

    fn starts(&mut self) {
        let state = self.saved.clone().unwrap_or_else(|| State::new(self.default_entry.clone()));
        let seen = Seen::join(state.seen, self.floor).unwrap();
        self.process = Some(Process { state: state.with_floor(seen), awaited: None });
        self.hears(Event::Started(World { running: self.running.clone() }));
    }

    /// The updater is told of an event, saves, and does what has no answer. It keeps what has one for its next work.
    pub(super) fn hears(&mut self, event: Event) {
        let Some(process) = &self.process else { return };
        let is_late = matches!(event, Event::Tick | Event::Started(_));
        let is_verdict = matches!(event, Event::Answer(Answer::Health(_)));
        let offered = match &event {
            Event::Answer(Answer::Offer(offer)) => Some(offer.target.order),
            Event::Answer(_)
            | Event::Started(_)
            | Event::Poll
            | Event::Tick
            | Event::Command(_)
            | Event::Terminated => None,
        };
        let Ok(next) = step(&process.state, event, &self.now(), &self.settings) else { return };
        self.check_step(&process.state, &next, is_late, is_verdict);
        assert!(next.state.seen.map(|seen| seen.order) >= offered, "what is offered is seen: {next:#?}");
        let _ = self.follows(next.state, next.save, &next.effects);
    }

    fn follows(&mut self, state: State, save: Save, effects: &[Effect]) -> Result<(), Crashed> {
        let is_saved = save == Save::Nothing || self.saves(&state)?;
        if !is_saved && save == Save::First {
            self.process = None;
            return Ok(());
        }
        let awaited = effects.iter().find(|effect| effect.has_answer()).cloned();
        let process = self.process.as_mut().expect("an updater runs");
        process.state = state;
        if awaited.is_some() {
            process.awaited = awaited;
        }
        for effect in effects.iter().filter(|effect| !effect.has_answer()) {
            self.reaches_a_boundary()?;
            if *effect == Effect::Prune && is_saved {
                let good = self.process.as_ref().expect("an updater runs").state.good.toplevel.clone();
                self.roots.retain(|root| *root == good);
            }
            if *effect == Effect::Stop {
                self.process = None;
            }
        }
        Ok(())
    }

    /// Writes the floor, then the state. Either may be the last thing that it does.
    fn saves(&mut self, state: &State) -> Result<bool, Crashed> {
        if self.is_disk_full || self.is_read_only {
            return Ok(false);
        }
        let before = self.saved.as_ref().map_or(0, |saved| saved.sequence);
        assert!(state.sequence > before || self.saved.is_none(), "an old state replaces a newer one");
        self.reaches_a_boundary()?;
        self.floor = state.seen;
        self.reaches_a_boundary()?;
        self.note_failure(state);
        self.saved = Some(state.clone());
        self.highest_saved = self.highest_saved.max(state.seen.map(|seen| seen.order));
        self.reaches_a_boundary().map(|()| true)
    }

    /// The failure of a required local check that is now on record.
    fn note_failure(&mut self, state: &State) {
        if let Phase::RollingBack { run, why: Failure::Check { reach: Reach::Local, .. } } = &state.phase {
            let number = state.history.attempts().last().expect("an attempt has begun").number;
            self.failed_attempts.entry(run.target.manifest_sha256).or_default().insert(number);
        }
    }

    /// A point where everything may end.
    pub(super) fn reaches_a_boundary(&mut self) -> Result<(), Crashed> {
        match self.crash {
            Some((0, crash)) => {
                self.crash = None;
                self.process = None;
                if crash == Crash::PowerCut {
                    self.loses_power();
                }
                Err(Crashed)
            }
            Some((left, crash)) => {
                self.crash = Some((left - 1, crash));
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn room(&self) -> Result<(), Trouble> {
        match (self.is_read_only, self.is_disk_full) {
            (true, _) => Err(Trouble::ReadOnly),
            (false, true) => Err(Trouble::DiskFull),
            (false, false) => Ok(()),
        }
    }

    fn carries_out(&mut self, effect: &Effect) -> Result<Option<Answer>, Crashed> {
        self.reaches_a_boundary()?;
        let answer = match effect {
            Effect::Fetch => Some(self.fetches()),
            Effect::FetchManifest { order, .. } => {
                let release = self.releases.iter().find(|release| release.target.order == *order);
                match release.filter(|_| self.has_network) {
                    None => Some(Answer::Nothing(NothingFetched::Unreachable)),
                    Some(release) => Some(Answer::Offer(Box::new(self.offer(release.target.clone())))),
                }
            }
            Effect::Realise(target) => Some(Answer::Realised(self.realises(target))),
            Effect::StageSecrets(target) => Some(Answer::Staged(self.room().map(|()| {
                self.secrets.insert(target.toplevel.clone(), target.secrets);
            }))),
            Effect::ReadInhibitors(target) => {
                Some(Answer::Inhibitors(match self.quality(target).needs_boot() {
                    true => Inhibitors::Present(vec!["kernel".to_owned()]),
                    false => Inhibitors::None,
                }))
            }
            Effect::TakeRebootLock => {
                let lock = if self.is_reboot_lock_held { RebootLock::Held } else { RebootLock::Granted };
                Some(Answer::RebootLock(lock))
            }
            Effect::Switch(target) => self.switches(target)?,
            Effect::BootOnce(target) => self.boots_once(target)?,
            Effect::Watch(target) => self.watches(target),
            Effect::Commit(target) => Some(Answer::Committed(self.commits(target)?)),
            Effect::GoBack { good, way } => {
                self.once = None;
                self.reaches_a_boundary()?;
                self.default_entry = good.toplevel.clone();
                self.reaches_a_boundary()?;
                match way {
                    Way::Live if self.how & 15 == 15 => Some(Answer::WentBack(Err(Trouble::Other))),
                    Way::Live => {
                        self.running = good.toplevel.clone();
                        Some(Answer::WentBack(Ok(())))
                    }
                    Way::Boot => {
                        self.loses_power();
                        None
                    }
                }
            }
            Effect::ReleaseRebootLock | Effect::Prune | Effect::Stop => unreachable!("has no answer"),
        };
        self.reaches_a_boundary()?;
        Ok(answer)
    }

    fn quality(&self, target: &Target) -> Quality {
        self.release_of(&target.toplevel).expect("every target was published").quality
    }

    fn fetches(&self) -> Answer {
        if !self.has_network {
            return Answer::Nothing(NothingFetched::Unreachable);
        }
        let target = &self.releases[self.served].target;
        let seen = self.process.as_ref().and_then(|process| process.state.seen);
        if seen.is_some_and(|seen| target.order < seen.order) {
            let code = "below_floor".to_owned();
            return Answer::Nothing(NothingFetched::Refused { message: code.clone(), code });
        }
        let (order, manifest_sha256) = (target.order, Some(target.manifest_sha256));
        Answer::Pointer(PointerFound { order, manifest_sha256, issued_at: None })
    }

    fn offer(&self, target: Target) -> Offer {
        let seen = self.process.as_ref().and_then(|process| process.state.seen);
        let new = Seen { order: target.order, manifest_sha256: target.manifest_sha256, issued_at: None };
        let seen = Seen::join(seen, Some(new)).unwrap().unwrap();
        Offer { target, seen, opens: Opening::Now, is_halted: self.is_halted }
    }

    fn realises(&mut self, target: &Target) -> Result<(), Trouble> {
        if !self.has_network {
            return Err(Trouble::Network);
        }
        self.room()?;
        if self.how & 31 == 31 {
            return Err(Trouble::Killed);
        }
        if self.quality(target) == Quality::LacksUpdater {
            return Err(Trouble::Unsuitable);
        }
        self.roots.insert(target.toplevel.clone());
        Ok(())
    }

    fn switches(&mut self, target: &Target) -> Result<Option<Answer>, Crashed> {
        self.must_not_be_denied(target);
        let quality = self.quality(target);
        if quality == Quality::SwitchFails {
            return Ok(Some(Answer::Switched(Err(Trouble::Other))));
        }
        self.running = target.toplevel.clone();
        self.reaches_a_boundary()?;
        if quality == Quality::Panics {
            self.loses_power();
            return Ok(None);
        }
        if quality == Quality::EndsUpdater && self.how & 1 == 0 {
            self.is_told_to_end();
            return Ok(None);
        }
        Ok(Some(Answer::Switched(Ok(()))))
    }

    fn boots_once(&mut self, target: &Target) -> Result<Option<Answer>, Crashed> {
        self.must_not_be_denied(target);
        if let Err(trouble) = self.room() {
            return Ok(Some(Answer::NotBooted(trouble)));
        }
        self.once = Some(target.toplevel.clone());
        self.reaches_a_boundary()?;
        self.is_told_to_end();
        self.loses_power();
        Ok(None)
    }

    /// Half a minute of checks.
    fn watches(&mut self, target: &Target) -> Option<Answer> {
        self.uptime += 30;
        let failed =
            |reach, what: &str| Some(Answer::Health(Verdict::Failed { reach, what: what.to_owned() }));
        let quality = self.quality(target);
        let has_flapped = quality == Quality::Flaps && self.how & 3 == 0;
        if has_flapped || matches!(quality, Quality::Unhealthy | Quality::BootsUnhealthy) {
            return failed(Reach::Local, "unit a.service");
        }
        if quality == Quality::CutsOff || !self.has_network {
            return failed(Reach::Network, "tailnet");
        }
        let run = self.process.as_ref().and_then(|process| process.state.phase.run());
        let is_proven = quality != Quality::Hangs && run.is_some_and(|run| self.uptime >= run.proven_at);
        is_proven.then(|| Answer::Health(Verdict::Healthy { wanting: Vec::new() }))
    }

    fn commits(&mut self, target: &Target) -> Result<Result<(), Trouble>, Crashed> {
        self.roots.insert(target.toplevel.clone());
        self.reaches_a_boundary()?;
        if let Err(trouble) = self.room() {
            return Ok(Err(trouble));
        }
        assert!(self.quality(target).may_be_good(), "a bad release becomes the last good one: {target:?}");
        self.default_entry = target.toplevel.clone();
        self.reaches_a_boundary()?;
        // It is written, and the system cannot say so.
        Ok(if self.how & 15 == 15 { Err(Trouble::Other) } else { Ok(()) })
    }
}
