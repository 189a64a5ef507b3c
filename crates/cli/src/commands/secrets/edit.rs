//! `clawlets secrets edit`.

use clap::Args;
use clawlets_model::{ExitCode, SecretName};
use clawlets_printer::{Answer, Fault, FaultCode, Form, Printer};
use clawlets_secrets::{
    is_placeholder,
    sops::{SopsError, Tree},
};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    editor::Vigil,
    fault::{of_sops, of_vault},
    place::{HostsFlag, Keys, PlaceFlags},
    scratch::Scratch,
};

/// Edit a secret in your editor. The readable text is in memory only, and is wiped when the editor ends.
#[derive(Debug, Args)]
pub(super) struct Edit {
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
    path: String,
    changed: bool,
}

impl Edit {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open_to_change(printer, Keys::Needed)?;
        let host = self.host.one(&place)?;
        let path = place.vault.layout.secret(&host, &self.name);
        let mut opened = match path.symlink_metadata() {
            Ok(_) => place.vault.opened(&path).map_err(|error| of_vault(&error))?,
            Err(_) => {
                return Err(Fault::new(
                    FaultCode::SecretsUnknown,
                    format!("host {host} has no secret {}", self.name),
                )
                .hint(format!("'clawlets secrets set {} --host {host}' stores one", self.name)));
            }
        };
        let vigil = Vigil::begin()?;
        let scratch = Scratch::new(self.name.as_str(), &opened.tree.to_yaml())?;
        let tree = loop {
            vigil.edit(scratch.path())?;
            let edited = Tree::from_yaml(scratch.text()?.expose())
                .map_err(|error| of_sops(scratch.path(), &SopsError::Yaml(error)))
                .and_then(|tree| check(&self.name, tree));
            match edited {
                Ok(tree) => break tree,
                Err(fault) if printer.can_ask() => {
                    printer.fault(&fault);
                    if printer.confirm("Edit it again?", Answer::Yes)? == Answer::No {
                        return Err(fault);
                    }
                }
                Err(fault) => return Err(fault),
            }
        };
        let changed = tree != opened.tree;
        if changed {
            opened.tree = tree;
            place.vault.write_opened(&path, &opened, Timestamp::now()).map_err(|error| of_vault(&error))?;
        }
        match printer.form() {
            Form::Json => printer.json(&Document { path: path.display().to_string(), changed }),
            Form::Text if changed => printer.note(format!("Stored {} for {host}.", self.name)),
            Form::Text => printer.note("Nothing was changed."),
        }
        Ok(ExitCode::Ok)
    }
}

fn check(name: &SecretName, tree: Tree) -> Result<Tree, Fault> {
    match tree.scalar(&[name.as_str()]) {
        None => Err(Fault::new(
            FaultCode::SecretsUnreadable,
            format!("the text has no value under the key {name}"),
        )
        .hint("a file holds one secret, under the name that the file has")),
        Some(scalar) if is_placeholder(scalar.text.expose()) => {
            Err(Fault::new(FaultCode::SecretsPlaceholder, format!("the value of {name} is a placeholder")))
        }
        Some(_) => Ok(tree),
    }
}
