//! One phase after the other, carried out.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant},
};

use clawlets_instance_bundle::{BundleFile, BundleName, Expected};
use clawlets_release::signature::PublicKey;

use super::{
    AwsPlace, BootError, Patience, Variables,
    commands::Commands,
    fetch::Source,
    folder::{Depth, Folder, file},
    identity::who_am_i,
    machine::{Event, Phase, State},
};
use crate::{
    config::Config,
    health::Account,
    process, records,
    secrets::{Shelf, refresh},
};

/// What a boot works with.
pub(super) struct Hands<'a> {
    pub(super) config: &'a Config,
    pub(super) variables: Variables<'a>,
    pub(super) commands: Commands,
    pub(super) folder: Folder,
    pub(super) told: &'a Arc<AtomicBool>,
}

impl Hands<'_> {
    /// Carries out the phase that the state is in. What came of it.
    pub(super) fn carry_out(&self, state: &State) -> Result<Event, BootError> {
        let settings = &self.config.bootstrap;
        let phase = state.phase;
        let limit = settings.deadlines.of(phase).map_or(Duration::ZERO, |period| period.duration());
        let patience = Patience::new(phase, limit, self.told);
        let run = |argv: &[String]| {
            patience.persist(settings.pause.duration(), || self.commands.run(argv, &patience))
        };
        match phase {
            Phase::Metadata => {
                let identity = who_am_i(self.config)?;
                // What only the instance's metadata says is asked for while there is patience for it.
                let place = || AwsPlace::of(self.config, self.variables);
                patience.persist(settings.pause.duration(), place)?;
                return Ok(Event::Known(identity));
            }
            Phase::Bundle => return self.fetch(state, &patience).map(Event::Fetched),
            Phase::Verified => self.verify(state)?,
            Phase::Secrets => self.secrets(state, &patience)?,
            Phase::Repos => run(&settings.seed)?,
            Phase::Memory => run(&settings.memory)?,
            Phase::Token => run(&settings.token)?,
            Phase::Gateway => {
                run(if state.is_settled { &settings.restart } else { &settings.start })?;
                patience.persist(settings.pause.duration(), || self.are_ready(&patience))?;
                self.folder.keep_only(&state.candidate.into_iter().collect::<Vec<_>>());
            }
            Phase::Ready => {}
        }
        Ok(Event::Done(phase))
    }

    fn fetch(&self, state: &State, patience: &Patience<'_>) -> Result<BundleName, BootError> {
        let settings = &self.config.bootstrap;
        let identity = state.identity.as_ref().ok_or(BootError::NoBucket)?;
        let keys = self.keys()?;
        let expected = Expected { instance: &identity.instance, keys: &keys, seen: state.seen };
        let mut mixed_since = None;
        patience.persist(settings.pause.duration(), || {
            let place = AwsPlace::of(self.config, self.variables)?;
            let source = Source::of(place.aws.s3(), identity)?;
            loop {
                let newest = source.newest(&self.folder, &expected);
                let error = match place.runtime.block_on(patience.on(newest))? {
                    Ok(name) => return Ok(name),
                    Err(error) => error,
                };
                let since = *mixed_since.get_or_insert_with(Instant::now);
                if !error.may_be_a_mixture() || since.elapsed() >= settings.patience.duration() {
                    return Err(error);
                }
                patience.wait(settings.pause.duration().min(settings.patience.duration()), error)?;
            }
        })
    }

    fn verify(&self, state: &State) -> Result<(), BootError> {
        let identity = state.identity.as_ref().ok_or(BootError::NoBucket)?;
        let candidate = state.candidate.ok_or(BootError::OtherBytes { file: "manifest.json" })?;
        let keys = self.keys()?;
        // What was brought in before may be below what was seen since, and is still what this host had.
        let seen = if state.is_fallback { None } else { state.seen };
        let expected = Expected { instance: &identity.instance, keys: &keys, seen };
        let is_in_use = state.is_settled && state.candidate == state.applied;
        let depth = if is_in_use { Depth::Manifest } else { Depth::Whole };
        let verified = self.folder.verify(candidate, &expected, depth);
        if verified.is_err() {
            self.folder.remove(candidate);
        }
        verified
    }

    /// What the bundle brings is put beside what is there; then all secrets come in use at once.
    fn secrets(&self, state: &State, patience: &Patience<'_>) -> Result<(), BootError> {
        let settings = &self.config.bootstrap;
        let candidate = state.candidate.ok_or(BootError::OtherBytes { file: "manifest.json" })?;
        let folder = self.folder.of(candidate);
        let shelf = Shelf::new(self.config.secrets_folder());
        let archive = folder.join(BundleFile::Secrets.name());
        if archive.exists() {
            let bytes = fs::read(&archive).map_err(file("read", &archive))?;
            let digest = clawlets_release::value::Sha256Digest::of(&bytes);
            shelf.install(&bytes, digest).map_err(BootError::Install)?;
            shelf.note_installed(digest).map_err(BootError::Install)?;
        }
        let seeds = folder.join(BundleFile::RepoSeeds.name());
        if seeds.exists() {
            put(&seeds, &settings.repo_seeds).map_err(file("write", &settings.repo_seeds))?;
        }
        patience.persist(settings.pause.duration(), || {
            let place = AwsPlace::of(self.config, self.variables)?;
            let client = place.aws.secrets_manager();
            let refreshed = refresh(self.config, &client, &shelf);
            place.runtime.block_on(patience.on(refreshed))?.map(|_| ()).map_err(BootError::Secrets)
        })
    }

    /// Whether every gateway answers.
    fn are_ready(&self, patience: &Patience<'_>) -> Result<(), BootError> {
        let settings = &self.config.bootstrap;
        if !settings.ready.is_empty() {
            return self.commands.run(&settings.ready, patience);
        }
        for (bot, argv) in &self.config.health.gateways {
            let silent = || BootError::Gateway { bot: bot.to_string() };
            let mut command = process::command(argv).map_err(|_| silent())?;
            let may_go_on = || {
                if patience.is_told() { Err(crate::Interrupt::Terminated) } else { Ok(()) }
            };
            let ended = process::run(&mut command, patience.left(), may_go_on).map_err(|_| silent())?;
            let health = serde_json::from_str(&ended.out).unwrap_or_default();
            // A chat that is cut off is for the watch to look after.
            match Account::of(&health) {
                Account::Answers { .. } => {}
                Account::Starting | Account::Silent => return Err(silent()),
            }
        }
        Ok(())
    }

    /// The keys that sign bundles.
    fn keys(&self) -> Result<Vec<PublicKey>, BootError> {
        let (own, updates) = (&self.config.bootstrap.public_keys, &self.config.updates.public_keys);
        let texts = if own.is_empty() { updates } else { own };
        let read = |text: &String| {
            PublicKey::parse(text)
                .map_err(|source| BootError::Key { text: text.chars().take(80).collect(), source })
        };
        texts.iter().map(read).collect()
    }
}

/// Gives a file a second place, which has the one from before or the new one at any moment.
fn put(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().ok_or_else(|| io::Error::other("a file lies in a folder"))?;
    records::make_folder(folder)?;
    let new = tempfile::Builder::new().prefix(".new-").tempdir_in(folder)?;
    let path = new.path().join("file");
    // The same bytes once on the disk, where it is one disk.
    if fs::hard_link(from, &path).is_err() {
        fs::copy(from, &path)?;
        fs::File::open(&path)?.sync_all()?;
    }
    fs::rename(&path, to)?;
    fs::File::open(folder)?.sync_all()
}
