//! `clawlets secrets set`.

use clap::Args;
use clawlets_model::{ExitCode, HostName, SecretName};
use clawlets_printer::{Fault, FaultCode, Form, Printer};
use clawlets_secrets::{Generator, project::keep_password};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    fault::{of_file, of_generate, of_vault},
    place::{HostsFlag, Keys, PlaceFlags},
    value,
};

/// Store a value: from a prompt, from standard input, or from a generator. It replaces the one that is there.
#[derive(Debug, Args)]
pub(super) struct Set {
    /// The secret.
    name: SecretName,
    /// Make the value: password-hash, token:N, age-key, ssh-key or minisign-key.
    #[arg(long, value_name = "GENERATOR")]
    generate: Option<Generator>,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    secret: &'a SecretName,
    hosts: &'a [HostName],
    public: Option<&'a str>,
    password_file: Option<String>,
}

impl Set {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open_to_change(printer, Keys::Needed)?;
        let hosts = self.host.of_secret(&place, &self.name)?;
        let now = Timestamp::now();
        let (value, public, password) = match self.generate {
            Some(generator) => {
                let made =
                    generator.generate(self.name.as_str(), now).map_err(|error| of_generate(&error))?;
                (made.value, made.public, made.password)
            }
            None if printer.can_ask() => {
                let typed = value::ask(printer, &self.name)?;
                let typed = typed.ok_or_else(|| Fault::new(FaultCode::UsageValue, "no value was given"))?;
                (typed, None, None)
            }
            None => (value::from_stdin(&self.name)?, None, None),
        };
        let mut password_file = None;
        for host in &hosts {
            if let Some(password) = &password {
                let path = place.vault.layout.password(host, &self.name);
                keep_password(&path, password).map_err(|error| of_file(&error))?;
                password_file = Some(path.display().to_string());
            }
            let path = place.vault.layout.secret(host, &self.name);
            place.vault.set(&path, self.name.as_str(), &value, now).map_err(|error| of_vault(&error))?;
        }
        match printer.form() {
            Form::Json => printer.json(&Document {
                secret: &self.name,
                hosts: &hosts,
                public: public.as_deref(),
                password_file,
            }),
            Form::Text => {
                let names: Vec<_> = hosts.iter().map(ToString::to_string).collect();
                printer.note(format!("Stored {} for {}.", self.name, names.join(", ")));
                if let Some(public) = public {
                    printer.data(public);
                }
                if let Some(file) = password_file {
                    printer.note(format!("The password itself is in {file}: keep it, then remove the file."));
                }
            }
        }
        Ok(ExitCode::Ok)
    }
}
