//! `clawlets release manifest build`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use clawlets_model::{Channel, ExitCode};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_release::{
    bundle::Bundle,
    document::{Cache, Document, Manifest, SecretsRef},
    value::{Epoch, ReleaseId, Revision, Sha256Digest, StorePath, SystemName, UtcTime, Version},
};
use clawlets_secrets::project::write_atomic;
use jiff::Timestamp;
use serde::Serialize;

use super::{
    document::read,
    fault::of_write,
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
    /// A cache that holds the system, one that hosts use already; repeatable.
    #[arg(long, value_name = "URL")]
    substituter: Vec<String>,
    /// The oldest updater that can apply it.
    #[arg(long, value_name = "VERSION")]
    min_updater_version: Option<Version>,
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
        let id = match self.release_id {
            Number::Next => None,
            Number::Given(id) => Some(id),
        };
        let name = site.name(id, self.epoch)?;
        let rev = match &self.rev {
            Some(rev) => rev.clone(),
            None => head(&site.project)?,
        };
        let bundle = read_bundle(&self.secrets)?;
        let secrets = SecretsRef::at_usual_place(Sha256Digest::of(&bundle));
        let now = UtcTime::at(Timestamp::now());
        let mut manifest = Manifest::new(name, self.system, now, rev, self.toplevel, secrets);
        if !self.substituter.is_empty() {
            manifest.cache = Some(Cache { substituters: self.substituter, ..Cache::default() });
        }
        manifest.min_updater_version = self.min_updater_version;
        publish(printer, &site, &manifest, &bundle)
    }
}

/// Writes a manifest and the secrets that it names, the secrets first.
pub(super) fn publish(
    printer: &Printer,
    site: &Site,
    manifest: &Manifest,
    bundle: &[u8],
) -> Result<ExitCode, Fault> {
    let path = site.manifest(manifest.release_id);
    must_be_free(&path)?;
    manifest.check().map_err(|(at, what)| Fault::new(FaultCode::UsageValue, format!("{at} {what}")))?;
    write_atomic(&site.at(manifest.secrets.url.as_str()), bundle, 0o644).map_err(|error| of_write(&error))?;
    let bytes = manifest.to_bytes();
    write_atomic(&path, &bytes, 0o644).map_err(|error| of_write(&error))?;
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
    Bundle::parse(&bytes).map_err(|error| {
        Fault::new(FaultCode::ReleaseUnreadable, format!("{} is no bundle of secrets", path.display()))
            .because(&error)
            .hint("'clawlets secrets bundle' packs one")
    })?;
    Ok(bytes)
}

fn head(project: &Path) -> Result<Revision, Fault> {
    let said = Git::at(project).run(&["rev-parse", "HEAD"])?;
    let text = String::from_utf8_lossy(&said);
    Revision::parse(text.trim()).map_err(|error| {
        Fault::new(FaultCode::GitFailed, "failed to find the revision of the project").because(&error)
    })
}
