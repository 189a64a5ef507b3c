//! The effects that change what runs, or what boots.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use clawlets_release::update::{Good, Moment, RebootLock, Target, Trouble, Way};

use super::{Effects, turn::system_that_runs};
use crate::{
    Interrupt, Limits,
    boot::Entry,
    nix::NixError,
    process,
    switching::{Action, Key},
};

/// How long the programs of a reboot may take to be understood.
const SOON: Duration = Duration::from_secs(60);
/// How long to wait before the only way that is left is tried again.
const BETWEEN: Duration = Duration::from_secs(5);

/// Which attempt an effect belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) number: u64,
    pub(super) at: Moment,
    /// How it was brought to run.
    pub(super) way: Way,
}

impl Effects {
    /// Runs a system on trial.
    pub(super) fn switch(
        &self,
        target: &Target,
        attempt: Attempt,
        limits: &Limits<'_>,
    ) -> Result<(), NixError> {
        let key = key(attempt, "try", Action::Test, target);
        self.run(&key, limits)
    }

    /// Makes the next boot one of the candidate, and goes down.
    pub(super) fn boot_once(
        &self,
        target: &Target,
        good: &Good,
        attempt: Attempt,
        limits: &Limits<'_>,
    ) -> Result<Trouble, Interrupt> {
        let prepared = self.prepare_boot(target, good, attempt, limits);
        match prepared {
            Ok(()) => {}
            Err(NixError::Interrupted(interrupt)) => return Err(interrupt),
            Err(NixError::Trouble(trouble)) => return Ok(trouble),
        }
        self.reboot(limits)
    }

    fn prepare_boot(
        &self,
        target: &Target,
        good: &Good,
        attempt: Attempt,
        limits: &Limits<'_>,
    ) -> Result<(), NixError> {
        self.candidate.set(&target.toplevel, limits)?;
        // The good system's own script writes the entries: of itself by default, and of the candidate's profile.
        let key = Key {
            boot: attempt.at.boot,
            attempt: attempt.number,
            purpose: "once",
            action: Action::Boot,
            system: &good.toplevel,
        };
        self.switches.run(&key, &self.script(&key), limits)?;
        let profile = self.config.nix.candidate_profile.file_name().unwrap_or_default();
        let entry = Entry {
            profile: profile.to_string_lossy().into_owned(),
            generation: self.candidate.generation().ok_or(Trouble::Other)?,
        };
        self.loader.boot_once(&entry).map_err(|_| Trouble::Other.into())
    }

    /// Goes down. Ends with an interrupt when the machine does, and otherwise says why it did not.
    fn reboot(&self, limits: &Limits<'_>) -> Result<Trouble, Interrupt> {
        let Ok(mut command) = process::command(&self.config.reboot.command) else {
            return Ok(Trouble::Other);
        };
        match process::run_within(&mut command, SOON, limits) {
            Ok(ended) if ended.status.success() => {}
            Err(process::Unended::Interrupted(interrupt)) => return Err(interrupt),
            Ok(_) | Err(_) => return Ok(Trouble::Other),
        }
        loop {
            limits.wait_a_turn()?;
        }
    }

    /// Makes a system the one that boots by default: first a root, then the profile, then the entry.
    pub(super) fn commit(
        &self,
        target: &Target,
        attempt: Attempt,
        limits: &Limits<'_>,
    ) -> Result<(), NixError> {
        self.roots.hold_good(&target.toplevel).map_err(|error| crate::nix::of_io(&error))?;
        self.profile.set(&target.toplevel, limits)?;
        // What was to boot once has booted; only its entry is left, and that may stay.
        let _ = self.candidate.remove();
        let key = key(attempt, "commit", Action::Boot, target);
        self.switches.run(&key, &self.script(&key), limits)
    }

    /// Makes the last good system the one that boots and runs. When it cannot be switched to, it is booted; when it cannot
    /// be booted either, there is no other way, so that is tried again and again.
    pub(super) fn go_back(
        &self,
        good: &Good,
        way: Way,
        attempt: Attempt,
        limits: &Limits<'_>,
    ) -> Result<(), NixError> {
        loop {
            match (self.go_back_once(good, way, attempt, limits), way) {
                (Err(NixError::Trouble(_)), Way::Boot) => rest(limits)?,
                (result, Way::Live | Way::Boot) => return result,
            }
        }
    }

    fn go_back_once(
        &self,
        good: &Good,
        way: Way,
        attempt: Attempt,
        limits: &Limits<'_>,
    ) -> Result<(), NixError> {
        // Where nothing was to boot once, a boot loader that cannot be asked is no reason to stay.
        if let (Err(error), Way::Boot) = (self.forget_candidate(), attempt.way) {
            return Err(error);
        }
        self.roots.hold_good(&good.toplevel).map_err(|error| crate::nix::of_io(&error))?;
        self.profile.set(&good.toplevel, limits)?;
        let action = match way {
            Way::Live => Action::Switch,
            Way::Boot => Action::Boot,
        };
        let key = Key {
            boot: attempt.at.boot,
            attempt: attempt.number,
            purpose: "back",
            action,
            system: &good.toplevel,
        };
        match way {
            Way::Live => self.run(&key, limits),
            Way::Boot => {
                self.switches.run(&key, &self.script(&key), limits)?;
                Err(self.reboot(limits)?.into())
            }
        }
    }

    /// Whether this host may reboot now.
    pub(super) fn take_reboot_lock(&self, limits: &Limits<'_>) -> Result<RebootLock, Interrupt> {
        let argv = &self.config.reboot.take_lock;
        let Ok(mut command) = process::command(argv) else { return Ok(RebootLock::Granted) };
        match process::run_within(&mut command, SOON, limits) {
            Ok(ended) if ended.status.success() => Ok(RebootLock::Granted),
            Err(process::Unended::Interrupted(interrupt)) => Err(interrupt),
            Ok(_) | Err(_) => Ok(RebootLock::Held),
        }
    }

    /// Gives the lock on reboots back; the group takes back what is not given.
    pub(super) fn release_reboot_lock(&self) {
        if let Ok(mut command) = process::command(&self.config.reboot.release_lock) {
            let _ = process::run(&mut command, SOON, || Ok(()));
        }
    }

    /// Lets go of everything but the last good release, the one before it and what runs.
    pub(super) fn prune(&self, good: &Good) {
        let running = system_that_runs(&self.config.paths.current_system).ok();
        let kept: Vec<_> =
            [Some(good.toplevel.clone()), self.roots.previous(), running].into_iter().flatten().collect();
        // What cannot be removed now is removed with the next release.
        let _ = self.roots.prune(&kept);
        let _ = self.shelf.prune(&kept);
        self.prune_manifests(&kept);
    }

    /// Runs a system that is then the one that runs.
    fn run(&self, key: &Key<'_>, limits: &Limits<'_>) -> Result<(), NixError> {
        let is_running = || {
            system_that_runs(&self.config.paths.current_system).is_ok_and(|running| running == *key.system)
        };
        if self.switches.ended(key) == Some(Ok(())) && !is_running() {
            self.switches.forget();
        }
        self.switches.run(key, &self.script(key), limits)?;
        if is_running() { Ok(()) } else { Err(Trouble::Other.into()) }
    }

    /// Nothing boots once any more.
    fn forget_candidate(&self) -> Result<(), NixError> {
        self.loader.forget_once().map_err(|_| NixError::from(Trouble::Other))?;
        self.candidate.remove().map_err(|error| crate::nix::of_io(&error).into())
    }

    fn script(&self, key: &Key<'_>) -> PathBuf {
        self.store.place(key.system).join(&self.config.switch.script)
    }
}

/// A moment between two tries.
fn rest(limits: &Limits<'_>) -> Result<(), Interrupt> {
    let end = Instant::now() + BETWEEN;
    while Instant::now() < end {
        limits.wait_a_turn()?;
    }
    Ok(())
}

fn key<'a>(attempt: Attempt, purpose: &'static str, action: Action, target: &'a Target) -> Key<'a> {
    Key { boot: attempt.at.boot, attempt: attempt.number, purpose, action, system: &target.toplevel }
}
