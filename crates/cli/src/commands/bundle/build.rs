//! `clawlets bundle build`.

use std::{fs, path::PathBuf};

use clap::{Args, ValueHint};
use clawlets_instance_bundle::{BundleVersion, Manifest, object::MANIFEST};
use clawlets_model::{ExitCode, HostName};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use serde::Serialize;

use super::{
    content::{Content, PlaceFlags},
    made::{FileRow, Made, parse},
    seeds::SeedsFlags,
};
use crate::commands::release::PrivateKeyFlags;

/// Build the bundle of a host in a folder, signed. The same content and version give the same bytes everywhere.
#[derive(Debug, Args)]
pub(super) struct Build {
    /// The folder to write it to.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    /// Its version [default: that of the bundle in the folder if nothing changed, else one above it].
    #[arg(long, value_name = "N", value_parser = version)]
    bundle_version: Option<BundleVersion>,
    /// Only say what would be written.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    seeds: SeedsFlags,
    #[command(flatten)]
    key: PrivateKeyFlags,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    is_dry_run: bool,
    instance: HostName,
    version: BundleVersion,
    path: String,
    files: Vec<FileRow>,
}

/// The version of a bundle, as somebody types it.
pub(super) fn version(text: &str) -> Result<BundleVersion, String> {
    let number: u64 = text.parse().map_err(|_| "expected a whole number".to_owned())?;
    BundleVersion::new(number).map_err(|error| error.to_string())
}

/// The version behind another.
pub(super) fn above(version: BundleVersion) -> Result<BundleVersion, Fault> {
    version
        .next()
        .ok_or_else(|| Fault::new(FaultCode::BundleVersion, format!("there is no version above {version}")))
}

impl Build {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer)?;
        // A key that is missing is found out before the long part.
        let key = self.key.read(printer)?;
        let content = Content::pack(printer, &place, &self.seeds)?;
        let version = match self.bundle_version {
            Some(version) => version,
            None => self.next(&content, &place.host)?,
        };
        let made = Made::of(&content, &place.host, version, &key)?;
        if !self.dry_run {
            made.write(&self.out)?;
        }
        match printer.form() {
            Form::Json => printer.json(&Document {
                is_dry_run: self.dry_run,
                instance: place.host,
                version,
                path: self.out.display().to_string(),
                files: made.rows(),
            }),
            Form::Text => {
                printer.data(version.to_string());
                let end = if self.dry_run {
                    "Nothing was written."
                } else {
                    "'clawlets bundle upload --in' stores it."
                };
                printer.note(format!("Bundle {version} of {}. {end}", place.host));
            }
        }
        Ok(ExitCode::Ok)
    }

    /// The version by what is in the folder already.
    fn next(&self, content: &Content, host: &HostName) -> Result<BundleVersion, Fault> {
        let Ok(bytes) = fs::read(self.out.join(MANIFEST)) else { return Ok(BundleVersion::FIRST) };
        let there = parse(&bytes)?;
        let same = Manifest::new(host.clone(), there.version, content.digests.iter().copied());
        if there == same { Ok(there.version) } else { above(there.version) }
    }
}
