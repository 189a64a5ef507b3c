//! What goes into the bundle of a host.

use std::{fs, path::PathBuf};

use clap::Args;
use clawlets_fleet::Fleet;
use clawlets_instance_bundle::{BundleFile, secrets_in};
use clawlets_model::HostName;
use clawlets_printer::{Fault, Printer, count};
use clawlets_release::value::Sha256Digest;
use clawlets_secrets::{
    Bundle,
    project::{Layout, Rules, read_text},
};
use tempfile::TempDir;

use super::{
    digest::sha256,
    fault::{of_content, of_io},
    seeds::SeedsFlags,
};
use crate::{
    commands::secrets::of_bundle,
    env_file::Settings,
    fleet_file::{HostFlag, ProjectFlag},
};

/// Which bundle is meant, and what goes into it.
#[derive(Debug, Clone, Args)]
pub(super) struct PlaceFlags {
    #[command(flatten)]
    host: HostFlag,
    #[command(flatten)]
    project: ProjectFlag,
}

/// A host of a project.
pub(super) struct Place {
    pub(super) fleet: Fleet,
    pub(super) host: HostName,
    pub(super) settings: Settings,
    root: PathBuf,
    runtime: PathBuf,
}

impl PlaceFlags {
    pub(super) fn open(&self, printer: &Printer) -> Result<Place, Fault> {
        let project = self.project.find(printer)?;
        let host = self.host.resolve(&project.text()?)?;
        let fleet = project.load(printer)?;
        let runtime = project.runtime();
        let settings = Settings::load(&runtime)?;
        Ok(Place { fleet, host, settings, root: project.root().to_owned(), runtime })
    }
}

/// The files of a bundle, in a folder that goes away with this.
pub(super) struct Content {
    folder: TempDir,
    pub(super) digests: Vec<(BundleFile, Sha256Digest)>,
}

impl Content {
    /// Packs the secrets of a host and the repositories of its project. Nothing readable is packed, nor what another host
    /// could open.
    pub(super) fn pack(printer: &Printer, place: &Place, seeds: &SeedsFlags) -> Result<Self, Fault> {
        let folder =
            tempfile::tempdir().map_err(|error| of_io("make a folder in", &std::env::temp_dir(), &error))?;
        let layout = Layout::new(&place.root);
        let secrets =
            Bundle::of_folder(&layout.host_folder(&place.host)).map_err(|error| of_bundle(&error))?;
        let readers = secrets_in(&secrets.bytes).map_err(|error| of_content(&error))?;
        let others = keys_of_others(&layout, place)?;
        readers.must_exclude(others.iter().map(String::as_str)).map_err(|error| of_content(&error))?;
        printer.note(format!("  {} of {}", count(readers.secrets.len(), "secret"), place.host));
        let path = folder.path().join(BundleFile::Secrets.name());
        fs::write(&path, &secrets.bytes).map_err(|error| of_io("write", &path, &error))?;
        let path = folder.path().join(BundleFile::RepoSeeds.name());
        seeds.pack(printer, &place.root, &place.runtime, &place.settings, &path)?;
        let digests = BundleFile::ALL.into_iter().map(|file| {
            let path = folder.path().join(file.name());
            let digest = sha256(&path).map_err(|error| of_io("read", &path, &error))?;
            Ok((file, digest))
        });
        let digests = digests.collect::<Result<_, Fault>>()?;
        Ok(Self { folder, digests })
    }

    /// Where a file lies.
    pub(super) fn path(&self, file: BundleFile) -> PathBuf {
        self.folder.path().join(file.name())
    }
}

/// The public keys of all other hosts that the rules know.
fn keys_of_others(layout: &Layout, place: &Place) -> Result<Vec<String>, Fault> {
    let unreadable = |error: &dyn std::error::Error| {
        Fault::new(clawlets_printer::FaultCode::SecretsRules, "failed to read the rules of the secrets")
            .because(error)
    };
    let text = read_text(&layout.rules()).map_err(|error| unreadable(&error))?;
    let rules = Rules::parse(&text).map_err(|error| unreadable(&error))?;
    let others = place.fleet.hosts.keys().filter(|host| **host != place.host);
    let keys = others.map(|host| rules.host(host).map_err(|error| unreadable(&error)));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    Ok(keys.into_iter().flatten().map(|key| key.as_str().to_owned()).collect())
}
