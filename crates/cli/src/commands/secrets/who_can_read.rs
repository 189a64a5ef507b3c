//! `clawlets secrets who-can-read`.

use std::path::Path;

use clap::Args;
use clawlets_model::{ExitCode, SecretName};
use clawlets_printer::{Fault, Form, Printer, Table};
use clawlets_secrets::project::{Reader, ReaderName};
use serde::Serialize;

use super::{
    fault::{of_file, of_vault},
    place::{HostsFlag, Keys, Place, PlaceFlags},
};

/// Tell who can decrypt each file, by what the files themselves say, and where that differs from the rules.
#[derive(Debug, Args)]
pub(super) struct WhoCanRead {
    /// Only this secret.
    name: Option<SecretName>,
    #[command(flatten)]
    host: HostsFlag,
    #[command(flatten)]
    place: PlaceFlags,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document {
    files: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    path: String,
    readers: Vec<ReaderRow>,
    /// Whether the file is encrypted to exactly those whom the rules name.
    aligned: bool,
}

#[derive(Serialize)]
struct ReaderRow {
    name: String,
    recipient: String,
}

impl WhoCanRead {
    pub(super) fn run(self, printer: &Printer) -> Result<ExitCode, Fault> {
        let place = self.place.open(printer, Keys::Welcome)?;
        let paths = match &self.name {
            Some(name) => {
                let hosts = self.host.of_secret(&place, name)?;
                hosts
                    .iter()
                    .map(|host| place.vault.layout.secret(host, name))
                    .filter(|path| path.exists())
                    .collect()
            }
            None => {
                let all = place.vault.files().map_err(|error| of_file(&error))?;
                match self.host.named(&place.plan)? {
                    Some(host) => {
                        let folder = place.vault.layout.host_folder(&host);
                        all.into_iter().filter(|path| path.starts_with(&folder)).collect()
                    }
                    None => all,
                }
            }
        };
        let files = paths.iter().map(|path| row(&place, path)).collect::<Result<Vec<_>, _>>()?;
        match printer.form() {
            Form::Json => printer.json(&Document { files }),
            Form::Text => show(printer, &files),
        }
        Ok(ExitCode::Ok)
    }
}

fn show(printer: &Printer, files: &[Row]) {
    let mut table = Table::new(["FILE", "READERS"]);
    for file in files {
        let names: Vec<_> = file.readers.iter().map(|reader| reader.name.as_str()).collect();
        table.row([file.path.clone(), names.join(", ")]);
    }
    printer.table(&table);
    for file in files.iter().filter(|file| !file.aligned) {
        printer.warn(format!(
            "{} is encrypted to others than the rules say: 'clawlets secrets rotate' encrypts it anew",
            file.path
        ));
    }
}

fn row(place: &Place, path: &Path) -> Result<Row, Fault> {
    let vault = &place.vault;
    let sealed = vault.sealed(path).map_err(|error| of_vault(&error))?;
    let known: Vec<Reader> = known_readers(place);
    let readers = sealed.stanzas().iter().map(|stanza| {
        let reader = known.iter().find(|reader| reader.recipient.as_str() == stanza.recipient);
        let name = reader.map_or(&ReaderName::Unnamed, |reader| &reader.name);
        let name = match name {
            ReaderName::Unnamed => stanza.recipient.clone(),
            ReaderName::Operator(_) | ReaderName::Host(_) => name.to_string(),
        };
        ReaderRow { name, recipient: stanza.recipient.clone() }
    });
    let shown = path.strip_prefix(vault.layout.root()).unwrap_or(path).display().to_string();
    Ok(Row { path: shown, readers: readers.collect(), aligned: vault.is_aligned(path).unwrap_or(false) })
}

fn known_readers(place: &Place) -> Vec<Reader> {
    let rules = &place.vault.rules;
    let operators = rules.operators().unwrap_or_default().into_iter();
    let operators = operators.map(|(name, recipient)| Reader { name: ReaderName::Operator(name), recipient });
    let hosts = place.plan.hosts.iter().filter_map(|host| {
        Some(Reader { name: ReaderName::Host(host.clone()), recipient: rules.host(host).ok()?? })
    });
    operators.chain(hosts).collect()
}
