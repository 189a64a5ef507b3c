//! `clawlets-host secrets activate`.

use std::path::PathBuf;

use clap::Args;
use clawlets_model::{ExitCode, SecretName};
use clawlets_printer::{Fault, Form, Printer, count};
use clawlets_release::value::{Sha256Digest, StorePath};
use serde::Serialize;

use crate::{
    fault::{of_activate, of_records},
    program::ConfigFlag,
    secrets::{Shelf, activate},
    updater::system_that_runs,
};

/// Decrypt the secrets of the system that runs, and put them in use.
///
/// They are those of its own bundle, or of the one that was installed last where it has none. Either all of them are in use
/// afterwards, or, when one cannot be decrypted, those from before. Programs find them at `secrets.link`.
#[derive(Debug, Args)]
pub(crate) struct Activate {
    /// Another system than the one that runs.
    #[arg(long, value_name = "STORE-PATH")]
    system: Option<StorePath>,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InUse {
    system: StorePath,
    sha256: Sha256Digest,
    origin: &'static str,
    folder: PathBuf,
    secrets: Vec<SecretName>,
}

impl Activate {
    pub(crate) fn run(self, printer: &Printer, config: &ConfigFlag) -> Result<ExitCode, Fault> {
        let config = config.load()?;
        let system = match self.system {
            Some(system) => system,
            None => system_that_runs(&config.paths.current_system).map_err(|error| of_records(&error))?,
        };
        let shelf = Shelf::new(config.secrets_folder());
        let activated =
            activate(&shelf, &config.secrets, &system).map_err(|error| of_activate(&error, &config.host))?;
        match printer.form() {
            Form::Json => printer.json(&InUse {
                system,
                sha256: activated.bundle,
                origin: activated.origin.as_str(),
                folder: activated.folder,
                secrets: activated.secrets,
            }),
            Form::Text => printer.note(format!("{} in use", count(activated.secrets.len(), "secret"))),
        }
        Ok(ExitCode::Ok)
    }
}
