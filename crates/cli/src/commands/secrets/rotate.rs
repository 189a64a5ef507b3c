//! `clawlets secrets rotate`.

use clap::{Args, ValueEnum};
use clawlets_model::{ExitCode, HostName, OperatorId, SecretName};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_secrets::{
    AgeRecipient, Generator,
    project::{RulesError, keep_password},
    rotate::{Change, Receipt, adopt_host_keys, align, replace_host_key, write_extra_files},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    fault::{of_file, of_generate, of_vault},
    place::{HostsFlag, Keys, Place, PlaceFlags},
    value,
};

/// Change who can read the secrets, or what they are, and encrypt the files anew under new keys.
///
/// Without a flag, it goes on with a rotation that was interrupted: every file is encrypted to the readers that the rules
/// name. An operator who was removed cannot read any file from then on, but can still read what git's history holds:
/// change the values too that they knew.
#[derive(Debug, Args)]
pub(super) struct Rotate {
    /// Add or remove an operator.
    #[arg(long, value_name = "add|remove", requires = "name", group = "what")]
    operator: Option<OperatorChange>,
    /// The operator's name.
    #[arg(long, value_name = "NAME", requires = "operator")]
    name: Option<OperatorId>,
    /// The key of an operator who is added.
    #[arg(long, value_name = "AGE1…", requires = "operator")]
    recipient: Option<AgeRecipient>,
    /// Give the host a new key.
    #[arg(long, group = "what")]
    host_key: bool,
    /// Give this secret a new value, on every host that has it.
    #[arg(long, value_name = "SECRET", group = "what")]
    value: Option<SecretName>,
    /// Make the new value: password-hash, token:N, age-key, ssh-key or minisign-key.
    #[arg(long, value_name = "GENERATOR", requires = "value")]
    generate: Option<Generator>,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OperatorChange {
    /// Let somebody read all secrets.
    Add,
    /// Let somebody read none any more.
    Remove,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    /// The files that were encrypted anew.
    files: Vec<String>,
    public: Option<String>,
}

impl Rotate {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let mut place = self.place.open_to_change(printer, Keys::Needed)?;
        let now = Timestamp::now();
        let (files, public) = match (self.operator, self.host_key, &self.value) {
            (Some(change), ..) => (self.rotate_operator(&mut place, change, now)?, None),
            (None, true, _) => {
                let host = self.host.one(&place)?;
                let (files, recipient) = rotate_host_key(&mut place, &host, now)?;
                (files, Some(recipient.to_string()))
            }
            (None, false, Some(secret)) => self.rotate_value(printer, &place, secret, now)?,
            (None, false, None) => (finish(&mut place, now)?, None),
        };
        Receipt::end(&place.vault.layout).map_err(|error| of_file(&error))?;
        match printer.form() {
            Form::Json => printer.json(&Document { files, public }),
            Form::Text => {
                printer.note(format!("Encrypted {} anew.", count(files.len(), "file")));
                if let Some(public) = public {
                    printer.data(public);
                }
                self.say_what_remains(printer);
            }
        }
        Ok(ExitCode::Ok)
    }

    fn rotate_operator(
        &self,
        place: &mut Place,
        change: OperatorChange,
        now: Timestamp,
    ) -> Result<Vec<String>, Fault> {
        let name = self.name.clone().expect("the command line requires --name with --operator");
        let vault = &mut place.vault;
        let (receipt, changed) = match change {
            OperatorChange::Add => {
                let recipient = self.recipient.as_ref().ok_or_else(|| {
                    Fault::new(FaultCode::UsageArguments, "the key of the operator is missing")
                        .hint("give it with --recipient; 'age-keygen -y FILE' prints it")
                })?;
                (Change::AddOperator(name.clone()), vault.rules.add_operator(&name, recipient))
            }
            OperatorChange::Remove => {
                (Change::RemoveOperator(name.clone()), vault.rules.remove_operator(&name))
            }
        };
        changed.map_err(|error| of_rules(&error))?;
        check_keys_fit(place)?;
        begin(place, receipt, now)?;
        place.vault.write_rules().map_err(|error| of_file(&error))?;
        aligned(place, now)
    }

    fn rotate_value(
        &self,
        printer: &Printer,
        place: &Place,
        secret: &SecretName,
        now: Timestamp,
    ) -> Result<(Vec<String>, Option<String>), Fault> {
        let vault = &place.vault;
        let mut paths = Vec::new();
        for host in self.host.of_secret(place, secret)? {
            let path = vault.layout.secret(&host, secret);
            if path.symlink_metadata().is_ok() {
                // A file that cannot be written anew is found before the first one is.
                vault.opened(&path).map_err(|error| of_vault(&error))?;
                paths.push((host, path));
            }
        }
        if paths.is_empty() {
            return Err(Fault::new(
                FaultCode::SecretsUnknown,
                format!("no host has the secret {secret} yet"),
            )
            .hint(format!("'clawlets secrets set {secret}' stores it")));
        }
        let (value, public, password) = match self.generate {
            Some(generator) => {
                let made = generator.generate(secret.as_str(), now).map_err(|error| of_generate(&error))?;
                (made.value, made.public, made.password)
            }
            None if printer.can_ask() => {
                let typed = value::ask(printer, secret)?;
                let typed = typed.ok_or_else(|| Fault::new(FaultCode::UsageValue, "no value was given"))?;
                (typed, None, None)
            }
            None => (value::from_stdin(secret)?, None, None),
        };
        begin(place, Change::Value(secret.clone()), now)?;
        let mut files = Vec::new();
        for (host, path) in paths {
            if let Some(password) = &password {
                let kept = vault.layout.password(&host, secret);
                keep_password(&kept, password).map_err(|error| of_file(&error))?;
            }
            vault.set(&path, secret.as_str(), &value, now).map_err(|error| of_vault(&error))?;
            files.push(path.display().to_string());
        }
        Ok((files, public))
    }

    fn say_what_remains(&self, printer: &Printer) {
        if self.operator == Some(OperatorChange::Remove) {
            printer.warn("git's history still holds files that the removed operator can read: give new values to the secrets that they knew");
        }
        if self.host_key {
            printer.warn("a host that runs already has its old key: put the new one of .clawlets/extra-files on it before you deploy");
        }
    }
}

/// Brings rules and files in line with what is there.
fn finish(place: &mut Place, now: Timestamp) -> Result<Vec<String>, Fault> {
    let hosts = place.plan.hosts.clone();
    adopt_host_keys(&mut place.vault, &hosts).map_err(|error| of_vault(&error))?;
    let pending = Receipt::read(&place.vault.layout).map_err(|error| of_file(&error))?;
    if let Some(Receipt { change: Change::Value(secret), .. }) = pending {
        return Err(Fault::new(
            FaultCode::SecretsIncomplete,
            format!("a new value for {secret} is not on every host yet"),
        )
        .hint(format!("run 'clawlets secrets rotate --value {secret}' again")));
    }
    for host in &hosts {
        if place.vault.layout.host_key(host).symlink_metadata().is_ok() {
            write_extra_files(&place.vault, host).map_err(|error| of_vault(&error))?;
        }
    }
    aligned(place, now)
}

fn rotate_host_key(
    place: &mut Place,
    host: &HostName,
    now: Timestamp,
) -> Result<(Vec<String>, AgeRecipient), Fault> {
    begin(place, Change::HostKey(host.clone()), now)?;
    let recipient = replace_host_key(&mut place.vault, host, now).map_err(|error| of_vault(&error))?;
    let files = aligned(place, now)?;
    write_extra_files(&place.vault, host).map_err(|error| of_vault(&error))?;
    Ok((files, recipient))
}

fn begin(place: &Place, change: Change, now: Timestamp) -> Result<(), Fault> {
    Receipt { change, begun: now }.begin(&place.vault.layout).map_err(|error| of_file(&error))
}

fn aligned(place: &Place, now: Timestamp) -> Result<Vec<String>, Fault> {
    let written = align(&place.vault, now, &mut |_| {}).map_err(|error| of_vault(&error))?;
    Ok(written.iter().map(|path| path.display().to_string()).collect())
}

/// Every file must be opened before the rules change, or the rotation would stop halfway.
fn check_keys_fit(place: &Place) -> Result<(), Fault> {
    for path in place.vault.files().map_err(|error| of_file(&error))? {
        place.vault.opened(&path).map_err(|error| of_vault(&error))?;
    }
    Ok(())
}

fn of_rules(error: &RulesError) -> Fault {
    let code = match error {
        RulesError::LastOperator(_) => FaultCode::SecretsRules,
        RulesError::UnknownOperator(_) => FaultCode::SecretsUnknown,
        RulesError::Taken(_) => FaultCode::SecretsExists,
        RulesError::Yaml(_)
        | RulesError::Form(_)
        | RulesError::Expression(_)
        | RulesError::Key { .. }
        | RulesError::NoRule(_) => FaultCode::SecretsRules,
    };
    Fault::new(code, error.to_string()).hint("'clawlets secrets who-can-read' shows who is there")
}
