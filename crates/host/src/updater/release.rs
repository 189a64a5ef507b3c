//! The effects that look at releases: fetching, and preparing one without changing anything that runs.

use std::{fs, io, path::Path};

use clawlets_model::cause::chain;
use clawlets_release::{
    document::{Check, Manifest},
    trust::{FetchFailure, MirrorReport, NoRelease, Refusal, Seen, Verifier},
    update::{Answer, NothingFetched, Offer, PointerFound, Target, Trouble},
};
use jiff::Timestamp;

use super::Effects;
use crate::{
    Limits,
    nix::{NixError, Unrealised},
    secrets::InstallError,
};

impl Effects {
    /// Asks all mirrors for the pointer.
    pub(super) fn fetch(&mut self, seen: Option<&Seen>, now: Timestamp) -> Answer {
        self.choice = None;
        let verifier = match Verifier::new(&self.trust, seen, now) {
            Ok(verifier) => verifier,
            Err(refusal) => return refused(&refusal),
        };
        let outcome = self.mirrors.pointer(&verifier);
        self.note_mirrors(match &outcome {
            Ok(choice) => &choice.reports,
            Err(nothing) => &nothing.reports,
        });
        match outcome {
            Ok(choice) => {
                let found = PointerFound::from(&choice.pointer);
                self.choice = Some(choice);
                Answer::Pointer(found)
            }
            Err(nothing) => of_nothing(&nothing),
        }
    }

    /// Asks for the manifest of the pointer that was chosen.
    pub(super) fn fetch_manifest(&mut self, seen: Option<&Seen>, now: Timestamp) -> Answer {
        let Some(choice) = &self.choice else { return Answer::Nothing(NothingFetched::Unreachable) };
        let verifier = match Verifier::new(&self.trust, seen, now) {
            Ok(verifier) => verifier,
            Err(refusal) => return refused(&refusal),
        };
        match self.mirrors.manifest(&verifier, choice) {
            Ok(candidate) => Answer::Offer(Box::new(Offer::of(&candidate, seen.copied(), &self.settings))),
            Err(nothing) => {
                self.note_mirrors(&nothing.reports);
                of_nothing(&nothing)
            }
        }
    }

    fn note_mirrors(&self, reports: &[MirrorReport]) {
        let told: Vec<_> = reports.iter().map(|report| chain(report)).collect();
        // A note that cannot be written is no reason not to update.
        let _ = self.records.note_mirrors(&told);
    }

    /// Brings the parts of a system into the store, held by a root from before they are there.
    pub(super) fn realise(&self, target: &Target, limits: &Limits<'_>) -> Result<(), Unrealised> {
        self.roots.hold(target.manifest_sha256, &target.toplevel).map_err(|error| unwritten(&error))?;
        self.store.realise(&target.toplevel, limits)?;
        let system = self.store.place(&target.toplevel);
        let needs = self.config.switch.needs.iter().chain([&self.config.switch.script]);
        for need in needs {
            // A link in a system leads to the store, which may lie below another root.
            if fs::symlink_metadata(system.join(need)).is_err() {
                let said = Some(format!("{} has no {}", target.toplevel, need.display()));
                return Err(Unrealised { error: Trouble::Unsuitable.into(), said });
            }
        }
        Ok(())
    }

    /// Puts the secrets of a release on the shelf, and notes that they belong to its system.
    pub(super) fn stage_secrets(&self, target: &Target) -> Result<(), Unrealised> {
        let manifest = self.manifest(target).ok_or(NixError::Trouble(Trouble::Secrets))?;
        if !self.shelf.has(target.secrets) {
            let bytes = self.mirrors.bundle(&manifest.secrets.url, target.secrets);
            let bytes = bytes.map_err(|failure| unserved(failure.as_ref()))?;
            self.shelf.install(&bytes, target.secrets).map_err(|error| uninstalled(&error))?;
        }
        self.shelf.assign(&target.toplevel, target.secrets).map_err(|error| uninstalled(&error))
    }

    /// What must work: what the release demands, and what this host does. None when its manifest was lost, since nobody
    /// knows then what it demands.
    pub(super) fn checks(&self, target: &Target) -> Option<Vec<Check>> {
        let theirs = self.manifest(target)?.health.map(|health| health.checks).unwrap_or_default();
        Some(theirs.into_iter().chain(self.config.health.checks.iter().cloned()).collect())
    }

    /// The manifest of a release, as it was kept when it was verified.
    fn manifest(&self, target: &Target) -> Option<Manifest> {
        read_manifest(&self.manifests.join(format!("{}.json", target.manifest_sha256)), target)
    }
}

fn read_manifest(path: &Path, target: &Target) -> Option<Manifest> {
    let bytes = fs::read(path).ok()?;
    let is_it = clawlets_release::value::Sha256Digest::of(&bytes) == target.manifest_sha256;
    Manifest::parse(&bytes).ok().filter(|_| is_it)
}

fn of_nothing(nothing: &NoRelease) -> Answer {
    match &nothing.refusal {
        Some(refusal) => refused(refusal),
        None => Answer::Nothing(NothingFetched::Unreachable),
    }
}

fn refused(refusal: &Refusal) -> Answer {
    Answer::Nothing(NothingFetched::Refused { code: refusal.code().to_owned(), message: chain(refusal) })
}

fn unwritten(error: &io::Error) -> Unrealised {
    Unrealised { error: crate::nix::of_io(error).into(), said: Some(error.to_string()) }
}

/// Why the secrets did not come.
fn unserved(failure: Option<&FetchFailure>) -> Unrealised {
    let (trouble, said) = match failure {
        Some(failure) => (Trouble::Network, format!("the last mirror {failure}")),
        None => (Trouble::Secrets, "a mirror serves other bytes than the manifest names".to_owned()),
    };
    Unrealised { error: trouble.into(), said: Some(said) }
}

fn uninstalled(error: &InstallError) -> Unrealised {
    let trouble = match error {
        InstallError::Write { source, .. } => crate::nix::of_io(source),
        InstallError::OtherBytes { .. }
        | InstallError::Bundle(_)
        | InstallError::NotSealed { .. }
        | InstallError::NotText { .. } => Trouble::Secrets,
    };
    Unrealised { error: trouble.into(), said: Some(chain(error)) }
}
