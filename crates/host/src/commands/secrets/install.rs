//! `clawlets-host secrets install`.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::ExitCode;
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_release::{document::Document, value::Sha256Digest};
use serde::Serialize;

use crate::{fault::of_install, program::ConfigFlag, secrets::Shelf};

/// Put a bundle of encrypted secrets on this host, without a release and without a switch.
///
/// The bundle is verified as a whole before anything is written. A release that names the same bundle finds it here.
#[derive(Debug, Args)]
pub(crate) struct Install {
    /// The bundle; '-' is standard input.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    bundle: PathBuf,
    /// Its SHA-256.
    #[arg(long, value_name = "DIGEST")]
    sha256: Sha256Digest,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Installed {
    sha256: Sha256Digest,
    folder: PathBuf,
    secrets: usize,
}

impl Install {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let shelf = Shelf::new(config.load()?.secrets_folder());
        let bytes = read(&self.bundle).map_err(|error| {
            Fault::new(FaultCode::Io, format!("failed to read the bundle from {}", self.bundle.display()))
                .because(&error)
        })?;
        let secrets = shelf.install(&bytes, self.sha256).map_err(|error| of_install(&error))?;
        shelf.note_installed(self.sha256).map_err(|error| of_install(&error))?;
        match printer.form() {
            Form::Json => {
                let folder = shelf.bundle(self.sha256);
                printer.json(&Installed { sha256: self.sha256, folder, secrets });
            }
            Form::Text => printer.note(format!("{} installed", count(secrets, "secret"))),
        }
        Ok(ExitCode::Ok)
    }
}

/// One byte more than a bundle may have, at most: the reader of bundles says that it is too much.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let limit = Document::Bundle.limit() as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(limit).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
