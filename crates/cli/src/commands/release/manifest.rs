//! `clawlets release manifest build`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_fleet::{Fleet, Host};
use clawlets_model::{Channel, ExitCode, HostName};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::{
    bundle::Bundle,
    document::{Document, Manifest, SecretsRef},
    value::{Epoch, ReleaseId, Revision, Sha256Digest, StorePath, SystemName, UtcTime},
};
use clawlets_secrets::project::write_atomic;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    content::ContentFlags,
    document::read,
    fault::{of_document, of_write},
    numbers::Signers,
    site::{Site, SiteFlags, must_be_free},
};
use crate::git::Git;

/// Write the manifest of a release: its system, and its secrets, which 'clawlets secrets bundle' packs.
#[derive(Debug, Args)]
pub(super) struct Build {
    /// The channel.
    #[arg(long, value_name = "CHANNEL")]
    channel: Channel,
    /// The number of the release, or next.
    #[arg(long, value_name = "N|next", default_value = "next", value_parser = number)]
    release_id: Number,
    /// The epoch; that of the highest release if not given. A higher one must be signed by a recovery key.
    #[arg(long, value_name = "N")]
    epoch: Option<Epoch>,
    /// The system to run, in the Nix store.
    #[arg(long, value_name = "PATH")]
    toplevel: StorePath,
    /// The machine that it was built for.
    #[arg(long, value_name = "SYSTEM", default_value = "x86_64-linux")]
    system: SystemName,
    /// The revision that it was built from; that of the project if not given.
    #[arg(long, value_name = "REV")]
    rev: Option<Revision>,
    /// The bundle of its secrets.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    secrets: PathBuf,
    #[command(flatten)]
    content: ContentFlags,
    #[command(flatten)]
    site: SiteFlags,
}

/// Which number.
#[derive(Debug, Clone, Copy)]
enum Number {
    Next,
    Given(ReleaseId),
}

fn number(text: &str) -> Result<Number, String> {
    match text {
        "next" => Ok(Number::Next),
        text => text
            .parse()
            .map(Number::Given)
            .map_err(|error: clawlets_release::value::InvalidValue| error.to_string()),
    }
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written {
    path: String,
    release: String,
    manifest_sha256: String,
}

impl Build {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let site = self.site.open(printer, &self.channel)?;
        let fleet = self.site.project(printer)?.0.load(printer)?;
        let id = match self.release_id {
            Number::Next => None,
            Number::Given(id) => Some(id),
        };
        let name = site.name(id, self.epoch, &Signers::of(&fleet, &site.host)?)?;
        let rev = match &self.rev {
            Some(rev) => rev.clone(),
            None => head(Git::at(&site.project))?,
        };
        let bundle = read_bundle(&self.secrets)?;
        let secrets = SecretsRef::at_usual_place(Sha256Digest::of(&bundle));
        let now = UtcTime::at(Timestamp::now());
        let mut manifest = Manifest::new(name, self.system, now, rev, self.toplevel, secrets);
        self.content.fill(&mut manifest, declared(&fleet, &site.host)?)?;
        publish(printer, &site, &manifest, &bundle)
    }
}

/// Writes a manifest and the secrets that it names, the secrets first. The manifest's bytes.
pub(super) fn write(site: &Site, manifest: &Manifest, bundle: &[u8]) -> Result<Vec<u8>, Fault> {
    let path = site.manifest(manifest.release_id);
    must_be_free(&path)?;
    manifest.check().map_err(|(at, what)| Fault::new(FaultCode::UsageValue, format!("{at} {what}")))?;
    let bytes = manifest.to_bytes();
    // What hosts would not read is not written either.
    Manifest::parse(&bytes).map_err(|error| of_document(&path, &error))?;
    write_atomic(&site.at(manifest.secrets.url.as_str()), bundle, 0o644).map_err(|error| of_write(&error))?;
    write_atomic(&path, &bytes, 0o644).map_err(|error| of_write(&error))?;
    Ok(bytes)
}

/// Writes a manifest as [`write`] does, and says so.
pub(super) fn publish(
    printer: &Printer,
    site: &Site,
    manifest: &Manifest,
    bundle: &[u8],
) -> Result<ExitCode, Fault> {
    let path = site.manifest(manifest.release_id);
    let bytes = write(site, manifest, bundle)?;
    let written = Written {
        path: path.display().to_string(),
        release: manifest.name().to_string(),
        manifest_sha256: Sha256Digest::of(&bytes).to_string(),
    };
    match printer.form() {
        Form::Json => printer.json(&written),
        Form::Text => {
            printer.data(&written.path);
            printer.note(format!("Wrote {}. Sign it with 'clawlets release sign'.", written.release));
        }
    }
    Ok(ExitCode::Ok)
}

/// A bundle that hosts will unpack.
pub(super) fn read_bundle(path: &Path) -> Result<Vec<u8>, Fault> {
    let bytes = read(path, Document::Bundle)?;
    must_unpack(path, &bytes)?;
    Ok(bytes)
}

/// Makes sure that hosts will unpack a bundle.
pub(super) fn must_unpack(path: &Path, bundle: &[u8]) -> Result<(), Fault> {
    let read = Bundle::parse(bundle).map_err(|error| {
        Fault::new(FaultCode::ReleaseUnreadable, format!("{} is no bundle of secrets", path.display()))
            .because(&error)
            .hint("'clawlets secrets bundle' packs one")
    });
    read.map(|_| ())
}

/// A host as the project declares it.
pub(super) fn declared<'f>(fleet: &'f Fleet, host: &HostName) -> Result<&'f Host, Fault> {
    fleet.hosts.get(host).ok_or_else(|| {
        Fault::new(FaultCode::HostUnknown, format!("there is no host {host} in the configuration"))
    })
}

/// The revision that a project is at.
pub(super) fn head(project: Git<'_>) -> Result<Revision, Fault> {
    let said = project.run(&["rev-parse", "HEAD"])?;
    let text = String::from_utf8_lossy(&said);
    Revision::parse(text.trim()).map_err(|error| {
        Fault::new(FaultCode::GitFailed, "failed to find the revision of the project").because(&error)
    })
}
