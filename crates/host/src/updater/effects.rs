//! Carries out what the state machine asks for.

use std::{fs, path::PathBuf};

use clawlets_release::{
    document::{Manifest, Reach},
    trust::{Choice, Trust},
    update::{Answer, Effect, Moment, Settings, State, Trouble, Verdict, Way},
    value::{Sha256Digest, StorePath},
};

use super::{UpdateError, apply::Attempt, inhibitors};
use crate::{
    Interrupt, Limits,
    boot::{self, BootLoader},
    config::Config,
    health,
    mirrors::Mirrors,
    nix::{NixError, Profile, Roots, Store, Unrealised},
    records::Records,
    secrets::Shelf,
    switching::Switches,
};

/// Everything by which this host is changed.
pub struct Effects {
    pub(super) config: Config,
    pub(super) settings: Settings,
    pub(super) trust: Trust,
    pub(super) records: Records,
    pub(super) mirrors: Mirrors,
    pub(super) choice: Option<Choice>,
    pub(super) manifests: PathBuf,
    pub(super) store: Store,
    pub(super) roots: Roots,
    pub(super) profile: Profile,
    pub(super) candidate: Profile,
    pub(super) shelf: Shelf,
    pub(super) switches: Switches,
    pub(super) loader: Box<dyn BootLoader>,
}

impl Effects {
    /// The effects of a host. `switcher` is the program, with its arguments, that calls [`crate::switching::carry_out`].
    ///
    /// # Errors
    /// [`UpdateError::Config`] when the configuration lacks what updates need.
    pub fn of(config: &Config, records: &Records, switcher: Vec<String>) -> Result<Self, UpdateError> {
        let folder = config.paths.state.join("switch");
        Ok(Self {
            settings: config.settings(),
            trust: config.trust()?,
            records: records.clone(),
            mirrors: Mirrors::of(config)?,
            choice: None,
            manifests: config.paths.state.join("manifests"),
            store: Store::of(config),
            roots: Roots::in_folder(&config.nix.gc_roots),
            profile: Profile::at(&config.nix.profile, &config.nix),
            candidate: Profile::at(&config.nix.candidate_profile, &config.nix),
            shelf: Shelf::new(config.secrets_folder()),
            switches: Switches::new(folder, &config.switch.launcher, switcher),
            loader: boot::of(&config.boot),
            config: config.clone(),
        })
    }

    /// Holds what runs before anything else does: a host whose first release fails must be able to go back.
    pub(super) fn hold_good(&self, system: &StorePath) {
        // The profile holds it, too.
        let _ = self.roots.hold_good(system);
    }

    /// Carries out an effect that has an answer.
    ///
    /// # Errors
    /// [`Interrupt`] when it was left before there was one.
    pub(super) fn answer(
        &mut self,
        effect: &Effect,
        state: &State,
        at: Moment,
        limits: &Limits<'_>,
    ) -> Result<Answer, Interrupt> {
        limits.check()?;
        let number = state.history.attempts().last().map_or(0, |attempt| attempt.number);
        let way = state.phase.run().map_or(Way::Live, |run| run.way);
        let attempt = Attempt { number, at, way };
        Ok(match effect {
            Effect::Fetch => self.fetch(state.seen.as_ref(), at.wall),
            Effect::FetchManifest { .. } => self.fetch_manifest(state.seen.as_ref(), at.wall),
            Effect::Realise(target) => {
                Answer::Realised(settled(self.explained(self.realise(target, limits)))?)
            }
            Effect::StageSecrets(target) => {
                Answer::Staged(settled(self.explained(self.stage_secrets(target)))?)
            }
            Effect::ReadInhibitors(target) => {
                let running = self.store.place(&state.good.toplevel);
                let candidate = self.store.place(&target.toplevel);
                Answer::Inhibitors(inhibitors::between(&running, &candidate, &self.config.switch.inhibitors))
            }
            Effect::TakeRebootLock => Answer::RebootLock(self.take_reboot_lock(limits)?),
            Effect::Switch(target) => Answer::Switched(settled(self.switch(target, attempt, limits))?),
            Effect::BootOnce(target) => {
                Answer::NotBooted(self.boot_once(target, &state.good, attempt, limits)?)
            }
            Effect::Watch(target) => {
                let proven_at = state.phase.run().map_or(at.uptime, |run| run.proven_at);
                Answer::Health(match self.checks(target) {
                    Some(checks) => {
                        health::watch(&self.config, &checks, proven_at, target.probation, limits)?
                    }
                    // That is no fault of the release, so it is not held against it.
                    None => Verdict::Failed { reach: Reach::Network, what: "manifest".to_owned() },
                })
            }
            Effect::Commit(target) => Answer::Committed(settled(self.commit(target, attempt, limits))?),
            Effect::GoBack { good, way } => {
                Answer::WentBack(settled(self.go_back(good, *way, attempt, limits))?)
            }
            Effect::ReleaseRebootLock | Effect::Prune | Effect::Stop => {
                unreachable!("only effects that have an answer are asked for one: {effect:?}")
            }
        })
    }

    /// Keeps what was said about a failure, for whoever looks after this host.
    fn explained(&self, result: Result<(), Unrealised>) -> Result<(), NixError> {
        result.map_err(|unrealised| {
            // What cannot be noted is only said less well.
            let _ = self.records.note_trouble(unrealised.said.as_deref().unwrap_or_default());
            unrealised.error
        })
    }

    /// Removes the manifests of all systems but `kept`.
    pub(super) fn prune_manifests(&self, kept: &[StorePath]) {
        let Ok(entries) = fs::read_dir(&self.manifests) else { return };
        for entry in entries.flatten() {
            let path = entry.path();
            let manifest = fs::read(&path).ok().and_then(|bytes| Manifest::parse(&bytes).ok());
            let is_signature = path.extension().is_some_and(|extension| extension == "minisig");
            if !is_signature && manifest.is_none_or(|manifest| !kept.contains(&manifest.toplevel)) {
                let _ = fs::remove_file(path.with_extension("json.minisig"));
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Whether the secrets of a release are on the shelf, and noted as those of its system.
    pub(super) fn has_secrets(&self, system: &StorePath, digest: Sha256Digest) -> bool {
        self.shelf.has(digest) && self.shelf.of(system) == Some(digest)
    }
}

/// An interrupt is no answer; trouble is.
fn settled(result: Result<(), NixError>) -> Result<Result<(), Trouble>, Interrupt> {
    match result {
        Ok(()) => Ok(Ok(())),
        Err(NixError::Trouble(trouble)) => Ok(Err(trouble)),
        Err(NixError::Interrupted(interrupt)) => Err(interrupt),
    }
}
