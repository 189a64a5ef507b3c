//! `clawlets secrets init`.

mod answers;
mod fill;

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clawlets_model::{ExitCode, OperatorId};
use clawlets_printer::{Fault, FaultCode, Form, Printer, count};
use clawlets_secrets::{
    AgeIdentity,
    project::{make_private_folder, write_atomic},
    rotate::{align, make_host_keys, write_extra_files},
};
use jiff::Timestamp;
use serde::Serialize;

use self::{
    answers::Answers,
    fill::{Fill, Filled},
};
use super::{
    fault::{of_file, of_generate, of_vault},
    place::{HostsFlag, Keys, Place, PlaceFlags, operator_name},
};

/// Make the keys and secrets that the fleet needs and does not have yet.
///
/// Nothing that is there is changed, so it can be run again and again: after an interruption, after a host was added, or
/// once more values are known. Your own key is made if you have none. Each host gets its keys before it exists, so that
/// its first boot can decrypt; they are for operators only, and also lie in .clawlets/extra-files for the installation.
/// Passwords and tokens that nobody hands out are made; the others are asked for, or taken from a JSON file of the form
/// {"secrets": {"NAME": "value"}, "hosts": {"HOST": {"NAME": "value"}}}.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Ask for the values that cannot be made.
    #[arg(long, conflicts_with = "from_json")]
    interactive: bool,
    /// Take the values from a JSON file, or from standard input ("-").
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    from_json: Option<PathBuf>,
    /// Your name as an operator [default: your unix user].
    #[arg(long, value_name = "NAME")]
    operator: Option<OperatorId>,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    operator_key: Option<String>,
    new_hosts: &'a [String],
    #[serde(flatten)]
    filled: &'a Filled,
}

impl Init {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        // Answers first: a mistake in them is found before anything is written.
        let answers = self.from_json.as_deref().map(Answers::read).transpose()?.unwrap_or_default();
        let mut place = self.place.open_to_change(printer, Keys::Welcome)?;
        answers.check(&place.plan)?;
        let hosts = self.host.hosts(&place.plan)?;
        if hosts.is_empty() {
            return Err(Fault::new(FaultCode::HostUnknown, "the configuration has no hosts")
                .hint("'clawlets host add --host NAME' adds one"));
        }
        if self.interactive && !printer.can_ask() {
            return Err(Fault::new(FaultCode::UsageArguments, "there is no terminal to ask on").hint(
                "give the values with --from-json instead; 'clawlets secrets list' shows which are missing",
            ));
        }
        let now = Timestamp::now();
        let known = place.vault.rules.operators().unwrap_or_default();
        let operator_key = own_key(&mut place, self.operator.clone(), now)?;
        let operators = match known.is_empty() {
            true => {
                let name = operator_name(self.operator)?;
                let mine = place.vault.identities.iter().map(|identity| identity.recipient().clone());
                mine.map(|recipient| (name.clone(), recipient)).take(1).collect()
            }
            false => known,
        };
        let mut new_hosts = Vec::new();
        for host in &hosts {
            let keys = make_host_keys(&mut place.vault, host, &operators, now)
                .map_err(|error| of_vault(&error))?
                .map_err(|error| of_generate(&error))?;
            if keys.is_new {
                new_hosts.push(host.to_string());
            }
            write_extra_files(&place.vault, host).map_err(|error| of_vault(&error))?;
        }
        // A host whose rules are new may have files from before.
        align(&place.vault, now, &mut |_| {}).map_err(|error| of_vault(&error))?;
        let fill = Fill { printer, answers: &answers, asks: self.interactive, now };
        let filled = fill.run(&place, &hosts)?;
        report(printer, operator_key.as_deref(), &new_hosts, &filled)
    }
}

/// Makes the operator's key when there is none at hand; where it is.
fn own_key(place: &mut Place, name: Option<OperatorId>, now: Timestamp) -> Result<Option<String>, Fault> {
    if !place.vault.identities.is_empty() {
        return Ok(None);
    }
    if !place.vault.rules.operators().unwrap_or_default().is_empty() {
        return Err(Fault::new(FaultCode::SecretsNoKey, "this project has operators, and none of their keys is at hand")
            .hint("name yours with --age-key-file, or make one with 'age-keygen' and have it added: 'clawlets secrets rotate --operator add'"));
    }
    let name = operator_name(name)?;
    let identity = AgeIdentity::generate();
    let layout = &place.vault.layout;
    for folder in [layout.runtime(), layout.runtime().join("keys"), layout.operator_keys()] {
        make_private_folder(&folder).map_err(|error| of_file(&error))?;
    }
    let path = layout.operator_key(&name);
    write_atomic(&path, identity.to_file(now).expose().as_bytes(), 0o600).map_err(|error| of_file(&error))?;
    place.vault.identities.push(identity);
    Ok(Some(path.display().to_string()))
}

fn report(
    printer: &Printer,
    operator_key: Option<&str>,
    new_hosts: &[String],
    filled: &Filled,
) -> Result<ExitCode, Fault> {
    let ok = filled.missing.is_empty();
    if printer.form() == Form::Json {
        let operator_key = operator_key.map(str::to_owned);
        printer.json(&Document { ok, operator_key, new_hosts, filled });
        return Ok(if ok { ExitCode::Ok } else { FaultCode::SecretsIncomplete.exit() });
    }
    if let Some(path) = operator_key {
        printer
            .note(format!("Made your key: {path}. Keep a copy of it; without it nobody reads the secrets."));
    }
    for host in new_hosts {
        printer.note(format!("Made the keys of host {host}."));
    }
    for one in &filled.made {
        printer.note(format!("Stored {} for {}.", one.secret, one.host));
    }
    for path in &filled.passwords {
        printer.note(format!("A password was made: it is in {path}. Keep it, then remove the file."));
    }
    if filled.made.is_empty() && ok {
        printer.note("Every secret is there already.");
    }
    for one in &filled.missing {
        printer.data(format!("missing: {} for {}, which {} needs", one.secret, one.host, one.at.join(", ")));
    }
    if ok {
        return Ok(ExitCode::Ok);
    }
    let message = format!(
        "{} still missing",
        match filled.missing.len() {
            1 => "1 secret is".to_owned(),
            number => format!("{} are", count(number, "secret")),
        }
    );
    Err(Fault::new(FaultCode::SecretsIncomplete, message).hint(
        "run it again with --interactive or --from-json, or store one with 'clawlets secrets set NAME'",
    ))
}
