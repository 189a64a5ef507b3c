//! `clawlets secrets import-agenix`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, SecretName};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_secrets::{AgenixError, is_placeholder, open_age_file};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    fault::of_vault,
    place::{HostsFlag, Keys, PlaceFlags},
};

/// The largest file that is imported, in bytes.
const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// Take the .age files of an agenix repository over, as secrets of one host.
///
/// `discord-token.age` becomes the secret `discord_token`. A secret that is there already is left alone.
#[derive(Debug, Args)]
pub(super) struct ImportAgenix {
    /// The .age files, or folders of them.
    #[arg(required = true, value_hint = ValueHint::AnyPath)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Default, Serialize)]
struct Document {
    imported: Vec<SecretName>,
    /// Those that are there already, or are placeholders.
    skipped: Vec<SecretName>,
}

impl ImportAgenix {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open_to_change(printer, Keys::Needed)?;
        let host = self.host.one(&place)?;
        let now = Timestamp::now();
        let mut opened = Vec::new();
        // Everything is opened before anything is written.
        for path in files(&self.paths)? {
            let name = name_of(&path)?;
            let bytes = read(&path)?;
            let value =
                open_age_file(&bytes, &place.vault.identities).map_err(|error| of_age(&path, &error))?;
            opened.push((name, value));
        }
        let mut document = Document::default();
        for (name, value) in opened {
            let path = place.vault.layout.secret(&host, &name);
            if path.symlink_metadata().is_ok() || is_placeholder(value.expose()) {
                document.skipped.push(name);
                continue;
            }
            place.vault.set(&path, name.as_str(), &value, now).map_err(|error| of_vault(&error))?;
            document.imported.push(name);
        }
        match printer.form() {
            Form::Json => printer.json(&document),
            Form::Text => {
                printer.note(format!("Imported {} for {host}.", count(document.imported.len(), "secret")));
                for name in &document.skipped {
                    printer.warn(format!("{name} was left alone: it is there already, or is a placeholder"));
                }
                for name in document.imported.iter().filter(|name| !place.plan.refers_to(&host, name)) {
                    printer.warn(format!("nothing in the configuration refers to {name} yet"));
                }
            }
        }
        Ok(ExitCode::Ok)
    }
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).map_err(|error| {
            Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(&error)
        })?;
        let mut inside: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        inside.retain(|path| path.extension().is_some_and(|extension| extension == "age"));
        inside.sort();
        found.extend(inside);
    }
    Ok(found)
}

fn name_of(path: &Path) -> Result<SecretName, Fault> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    SecretName::parse(&stem.replace(['-', '.'], "_")).map_err(|error| {
        Fault::new(FaultCode::UsageValue, format!("{} has no name that a secret can have", path.display()))
            .because(&error)
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |error: &std::io::Error| {
        Fault::new(FaultCode::Io, format!("failed to read {}", path.display())).because(error)
    };
    let size = fs::metadata(path).map_err(|error| failed(&error))?.len();
    if size > MAX_BYTES {
        return Err(Fault::new(
            FaultCode::SecretsUnreadable,
            format!("{} is larger than 2 MiB", path.display()),
        ));
    }
    fs::read(path).map_err(|error| failed(&error))
}

fn of_age(path: &Path, error: &AgenixError) -> Fault {
    let code = match error {
        AgenixError::Closed { .. } => FaultCode::SecretsClosed,
        AgenixError::Damaged(_) | AgenixError::TooLarge | AgenixError::NotText => {
            FaultCode::SecretsUnreadable
        }
    };
    Fault::new(code, format!("failed to import {}", path.display())).because(error)
}
