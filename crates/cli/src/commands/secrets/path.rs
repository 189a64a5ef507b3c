//! `clawlets secrets path`.

use clap::Args;
use clawlets_model::{ExitCode, SecretName};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use serde::Serialize;

use super::place::{HostsFlag, Keys, PlaceFlags};

/// Print where a secret's file is.
#[derive(Debug, Args)]
pub(super) struct ShowPath {
    /// The secret.
    name: SecretName,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    paths: Vec<String>,
}

impl ShowPath {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer, Keys::Welcome)?;
        let hosts = self.host.of_secret(&place, &self.name)?;
        let paths = hosts.iter().map(|host| place.vault.layout.secret(host, &self.name));
        let paths: Vec<_> =
            paths.filter(|path| path.exists()).map(|path| path.display().to_string()).collect();
        if paths.is_empty() {
            return Err(Fault::new(
                FaultCode::SecretsUnknown,
                format!("no host has the secret {} yet", self.name),
            )
            .hint(format!("'clawlets secrets set {}' stores it", self.name)));
        }
        match printer.form() {
            Form::Json => printer.json(&Document { paths }),
            Form::Text => paths.iter().for_each(|path| printer.data(path)),
        }
        Ok(ExitCode::Ok)
    }
}
